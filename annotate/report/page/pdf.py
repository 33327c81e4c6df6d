"""The same page on paper, through WeasyPrint (the optional extra `pdf`)."""

from __future__ import annotations

from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.writing import whole_file


def check() -> None:
    """Raises InputError where a PDF cannot be made, so that this is known before anything is written."""
    try:
        from weasyprint.urls import URLFetcher  # noqa: F401
    except (ImportError, OSError) as error:  # OSError: Pango is not installed
        raise InputError(
            f"a PDF needs WeasyPrint 68 or later and Pango ({' '.join(str(error).split())[:200]})",
            fix="pip install 'weasyprint>=68' and the system's Pango library, or print the page from a browser",
        ) from None


def write_pdf(html: str, path: Path) -> None:
    """Print a report page. Nothing is fetched: the page carries all it shows, and any other address is refused."""
    check()
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    with whole_file(path) as part:
        HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",))).write_pdf(str(part))
