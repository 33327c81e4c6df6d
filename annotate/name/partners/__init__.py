"""Which genes a junction joins, and in which frame."""
