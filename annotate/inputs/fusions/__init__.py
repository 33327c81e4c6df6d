"""Readers of RNA fusion tables: one module a caller."""
