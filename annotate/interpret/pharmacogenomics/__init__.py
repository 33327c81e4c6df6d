"""Pharmacogenes: genotypes, diplotypes, advice."""
