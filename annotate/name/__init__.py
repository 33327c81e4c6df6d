"""Records become biology: consequences, copy numbers, partners."""
