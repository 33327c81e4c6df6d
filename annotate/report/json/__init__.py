"""The report as JSON, by the published schema."""
