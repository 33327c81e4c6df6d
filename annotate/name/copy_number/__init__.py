"""Copy number of one sample: purity, ploidy, copies of chromosomes and genes, and what is uncertain about them."""

from annotate.name.copy_number.profile import build_profile

__all__ = ["build_profile"]
