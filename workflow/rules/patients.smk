"""Patients with two or more time points: what changed between them."""


rule patient:
    input:
        reports_of_patient,
    output:
        html=report(
            "results/patients/{patient}/{patient}.evolution.html",
            category="Patients",
            labels={"patient": "{patient}"},
            caption="../report/patient.rst",
        ),
        json="results/patients/{patient}/{patient}.evolution.json",
    log:
        "logs/patients/{patient}.log",
    benchmark:
        "benchmarks/patients/{patient}.tsv"
    conda:
        "../envs/allert.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        allert=ALLERT,
        out=folder_of(2),
        knowledge=KNOWN,
        sheets=SHEETS[:2],
        rows=rows_of_patient,
        settings=CONFIG,
    shell:
        "{params.allert} evolution {wildcards.patient} {params.sheets:q} --out {params.out:q}"
        " --settings {params.settings:q} > {log} 2>&1 || (tail -n 1 {log} >&2; exit 1)"
