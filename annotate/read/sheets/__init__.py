"""The sample sheet and the clinical sheet."""
