"""Karyotypes in ISCN."""
