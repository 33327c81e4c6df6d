"""Large batches: several samples share one process, which keeps the cost of the workflow itself small."""


rule batch:
    input:
        files_of_batch,
    output:
        "results/.batches/{batch}.done",
    log:
        "logs/batches/{batch}.log",
    benchmark:
        "benchmarks/batches/{batch}.tsv"
    conda:
        "../envs/allert.yaml"
    resources:
        mem_mb=1000,
        runtime=120,
    params:
        allert=ALLERT,
        out=folder_of(1),
        knowledge=KNOWN,
        samples=samples_of_batch,
        sheets=SHEETS,
        rows=rows_of_batch,
        settings=CONFIG,
    shell:
        "{params.allert} batch {params.samples:q} {params.sheets:q} --out {params.out:q} --marker {output:q}"
        " --settings {params.settings:q} > {log} 2>&1 || (grep '^allert: ' {log} >&2; exit 1)"
