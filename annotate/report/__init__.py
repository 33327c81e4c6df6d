"""Views of a report: JSON, HTML, TSV, Phenopacket, FHIR. They render and decide nothing."""
