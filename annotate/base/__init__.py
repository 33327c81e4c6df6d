"""What knows nothing of leukaemia: errors, whole-file writing, settings, probability, the genetic code."""
