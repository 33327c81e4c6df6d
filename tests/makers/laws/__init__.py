"""The corruption matrix: one truth in one sample, written as a caller would, spoilt in one way, and what may be said.

`cell.py` holds the nouns and runs a cell. A module for each kind of input holds its truths, its writers and its
corruptions; a new corruption is one function under `@corruption`. The laws are those of docs/validation.md.
"""
