"""TP53: deletion and alteration."""
