"""Words of annotators for what a variant does, as Sequence Ontology terms."""

from __future__ import annotations

# Sequence Ontology terms from the gravest down, the order of the Ensembl VEP.
SEVERITY = (
    "transcript_ablation", "splice_acceptor_variant", "splice_donor_variant", "stop_gained", "frameshift_variant",
    "stop_lost", "start_lost", "initiator_codon_variant", "transcript_amplification", "feature_elongation",
    "feature_truncation", "disruptive_inframe_insertion", "disruptive_inframe_deletion",
    "conservative_inframe_insertion", "conservative_inframe_deletion", "inframe_insertion", "inframe_deletion",
    "missense_variant", "protein_altering_variant", "splice_donor_5th_base_variant", "splice_region_variant",
    "splice_donor_region_variant", "splice_polypyrimidine_tract_variant", "incomplete_terminal_codon_variant",
    "start_retained_variant", "stop_retained_variant", "synonymous_variant", "coding_sequence_variant",
    "mature_miRNA_variant", "5_prime_UTR_premature_start_codon_gain_variant", "5_prime_UTR_variant",
    "3_prime_UTR_variant", "non_coding_transcript_exon_variant", "intron_variant", "NMD_transcript_variant",
    "non_coding_transcript_variant", "upstream_gene_variant", "downstream_gene_variant", "regulatory_region_variant",
    "intergenic_region", "intergenic_variant",
)  # fmt: skip

ANNOVAR_TERMS = {
    "nonsynonymous": "missense_variant",
    "synonymous": "synonymous_variant",
    "stopgain": "stop_gained",
    "stoploss": "stop_lost",
    "startloss": "start_lost",
    "frameshift": "frameshift_variant",
    "nonframeshift_deletion": "inframe_deletion",
    "nonframeshift_insertion": "inframe_insertion",
    "splicing": "splice_region_variant",
}
FUNCOTATOR_TERMS = {
    "MISSENSE": "missense_variant",
    "NONSENSE": "stop_gained",
    "SILENT": "synonymous_variant",
    "SPLICE_SITE": "splice_region_variant",
    "IN_FRAME_DEL": "inframe_deletion",
    "IN_FRAME_INS": "inframe_insertion",
    "FRAME_SHIFT_INS": "frameshift_variant",
    "FRAME_SHIFT_DEL": "frameshift_variant",
    "NONSTOP": "stop_lost",
    "START_CODON_SNP": "start_lost",
    "INTRON": "intron_variant",
    "FIVE_PRIME_UTR": "5_prime_UTR_variant",
    "THREE_PRIME_UTR": "3_prime_UTR_variant",
    "IGR": "intergenic_variant",
}
