"""Hypodiploidy and hyperdiploidy."""
