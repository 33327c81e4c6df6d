"""Readers of copy-number files: one module a caller."""
