# Entry point: `snakemake -s <repo>/Snakefile --directory <work folder> --config samples=<sheet> --cores N`
include: "workflow/Snakefile"


# An included file cannot set the default target.
rule everything:
    default_target: True
    input:
        rules.all.input,
