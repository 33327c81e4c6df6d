"""The FILTER column of VCF, and what tables write in its stead."""

from __future__ import annotations

PASSING = frozenset({None, "", ".", "PASS"})
"""What a record holds whose caller did not filter it; a missing value says nothing against it (VCF 4.3, 1.6.1)."""
