"""Large batches: several samples share one process, which keeps the cost of the workflow itself small.

The samples' files are no inputs here: `made_from` tells by their content when a batch is out of date, and Snakemake
would ask for the size of every file of every waiting job each time a job ends, which for 10,000 samples takes longer
than their reports.
"""


rule batch:
    output:
        "results/.batches/{batch}.done",
    log:
        "logs/batches/{batch}.log",
    benchmark:
        "benchmarks/batches/{batch}.tsv"
    conda:
        "../envs/allert.yaml"
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        allert=unremembered(ALLERT),
        given=unremembered(GIVEN),
        out=folder_of(1),
        made_from=digest_of_batch,
        samples=samples_of_batch,
    shell:
        "{params.allert} batch {params.samples:q} {params.given:q} --out {params.out:q} --marker {output:q}"
        " > {log:q} 2>&1 || {{ (grep -A 1000 '^allert: ' {log:q} || tail -n 1 {log:q}) >&2; exit 1; }}"
