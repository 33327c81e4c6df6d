"""Assemblies, contigs, genes, transcripts, bands and hotspots."""
