"""Breakend algebra: any record becomes oriented junctions, merged and chained."""
