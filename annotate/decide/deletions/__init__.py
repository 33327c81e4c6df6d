"""Losses of genes."""
