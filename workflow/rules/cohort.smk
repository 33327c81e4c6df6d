"""The batch at a glance. Its inputs may be missing: failed samples are named on the page."""


rule cohort:
    input:
        reports=JSONS,
        evolutions=EVOLUTION_JSONS,
    output:
        html=report(
            "results/cohort/index.html",
            category="Cohort",
            labels={"page": "cohort"},
            caption="../report/cohort.rst",
        ),
        tsv=report(
            "results/cohort/lesions.tsv",
            category="Cohort",
            labels={"page": "lesions"},
            caption="../report/lesions.rst",
        ),
    log:
        "logs/cohort.log",
    benchmark:
        "benchmarks/cohort.tsv"
    conda:
        "../envs/allert.yaml"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        allert=ALLERT,
        out=folder_of(1),
        knowledge=KNOWN,
        sheet=SHEETS[:2],
        samples=digest(SAMPLES.values()),
        settings=CONFIG,
    shell:
        "{params.allert} cohort --out {params.out:q} {params.sheet:q} --settings {params.settings:q}"
        " > {log} 2>&1 || (tail -n 1 {log} >&2; exit 1)"
