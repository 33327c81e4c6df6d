"""Results trees of pipelines, from which a sample sheet is made."""
