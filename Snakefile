# Entry point: `snakemake -s <repo>/Snakefile --directory <work folder> --config samples=<sheet> --cores N`
include: "workflow/Snakefile"
