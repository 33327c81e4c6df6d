"""Lesion rules: one module a family; each takes a `Case` and returns a `LesionCall` with its reasons."""
