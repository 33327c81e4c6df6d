"""What all readers share: text, columns, the registry of formats."""
