"""Rearrangements: what DNA junctions, RNA fusions, cytogenetics and copy number say of each lesion, and one answer."""
