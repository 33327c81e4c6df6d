"""Intrachromosomal amplification of chromosome 21."""
