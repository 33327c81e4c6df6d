"""Weighing: risk schemes, entities, therapies and pharmacogenomics over resources/knowledge."""
