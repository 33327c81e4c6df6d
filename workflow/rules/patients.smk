"""Patients with two or more time points: what changed between them."""


rule patient:
    input:
        reports_of_patient,
    output:
        **{
            name: f"results/patients/{{patient}}/{{patient}}.{suffix}"
            for name, suffix in but(PATIENT, "html").items()
        },
        html=report(
            "results/patients/{patient}/{patient}.evolution.html",
            category="Patients",
            labels={"patient": "{patient}"},
            caption="../report/patient.rst",
        ),
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
        allert=unremembered(ALLERT),
        given=unremembered(GIVEN),
        out=folder_of(2),
        made_from=digest_of_patient,
    shell:
        "{params.allert} evolution {wildcards.patient:q} {params.given:q} --out {params.out:q}"
        " > {log:q} 2>&1 || {{ (grep -A 1000 '^allert: ' {log:q} || tail -n 1 {log:q}) >&2; exit 1; }}"
