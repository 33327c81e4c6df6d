"""Small variants of genes and codons."""
