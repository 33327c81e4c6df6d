"""The only place that strings steps together: sample, patient, batch, status."""
