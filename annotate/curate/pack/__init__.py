"""Builds a reference pack from public files."""
