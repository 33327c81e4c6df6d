"""One job a sample: read, name, decide, weigh, show."""


rule sample:
    input:
        files_of_sample,
    output:
        **{
            name: f"results/{{sample}}/{{sample}}.{suffix}"
            for name, suffix in but(FILES, "html", "tsv").items()
        },
        html=report(
            "results/{sample}/{sample}.report.html",
            category="Samples",
            subcategory="{sample}",
            labels={"sample": "{sample}", "file": "report"},
            caption="../report/sample.rst",
        ),
        tsv=report(
            "results/{sample}/{sample}.lesions.tsv",
            category="Samples",
            subcategory="{sample}",
            labels={"sample": "{sample}", "file": "lesions"},
            caption="../report/lesions.rst",
        ),
    log:
        "logs/samples/{sample}.log",
    benchmark:
        "benchmarks/samples/{sample}.tsv"
    conda:
        "../envs/allert.yaml"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        allert=unremembered(ALLERT),
        given=unremembered(GIVEN),
        out=folder_of(1),
        made_from=digest_of_sample,
        thresholds=THRESHOLDS,
    shell:
        "{params.allert} report {wildcards.sample:q} {params.given:q} --out {params.out:q}"
        " --made-from {params.made_from:q} > {log:q} 2>&1 || {{ (grep -A 1000 '^allert: ' {log:q} || tail -n 1 {log:q}) >&2; exit 1; }}"
