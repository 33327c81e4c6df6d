"""For those who keep the knowledge and the reference packs."""
