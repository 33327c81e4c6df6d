"""The report for other programs: FHIR, Phenopackets, IGV, VCF."""
