"""Alignments: depth and allele counts at hotspots."""
