"""Readers of structural-variant files: any record becomes oriented junctions."""
