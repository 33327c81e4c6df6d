"""Checks of knowledge tables."""
