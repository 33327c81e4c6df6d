"""Readers: one module a kind of file. Each recognises its format from content and accounts for every record."""
