"""The batch at a glance. Its inputs may be missing: failed samples are named on the page."""


rule cohort:
    input:
        reports=JSONS,
        evolutions=EVOLUTION_JSONS,
    output:
        **{name: f"results/{file}" for name, file in but(COHORT, "html", "tsv").items()},
        **STUDIES,
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
        allert=unremembered(ALLERT),
        given=unremembered(GIVEN),
        out=folder_of(1),
        made_from=digest(SAMPLES),
    shell:
        "{params.allert} cohort {params.given:q} --out {params.out:q} > {log:q} 2>&1 || {{ (grep -A 1000 '^allert: ' {log:q} || tail -n 1 {log:q}) >&2; exit 1; }}"
