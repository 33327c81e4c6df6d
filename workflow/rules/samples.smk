"""One job a sample: read, name, decide, weigh, show."""


rule sample:
    input:
        files_of_sample,
    output:
        html=report(
            "results/{sample}/{sample}.report.html",
            category="Samples",
            subcategory="{sample}",
            labels={"sample": "{sample}", "file": "report"},
            caption="../report/sample.rst",
        ),
        json="results/{sample}/{sample}.report.json",
        vcf="results/{sample}/{sample}.variants.vcf.gz",
        tbi="results/{sample}/{sample}.variants.vcf.gz.tbi",
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
        mem_mb=1000,
        runtime=30,
    params:
        allert=ALLERT,
        out=folder_of(1),
        knowledge=KNOWN,
        thresholds=THRESHOLDS,
        sheets=SHEETS,
        rows=rows_of_sample,
        settings=CONFIG,
    shell:
        "{params.allert} report {wildcards.sample:q} {params.sheets:q} --out {params.out:q}"
        " --settings {params.settings:q} > {log} 2>&1 || (tail -n 1 {log} >&2; exit 1)"
