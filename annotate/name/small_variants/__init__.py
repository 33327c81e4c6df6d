"""Small variants named: consequence, HGVS, oncogenicity, clonality."""
