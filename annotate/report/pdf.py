"""The page as PDF, through WeasyPrint (the optional extra `pdf`)."""

from __future__ import annotations

from pathlib import Path

from annotate.errors import InputError
from annotate.writing import whole_file


def write_pdf(html: str, path: Path) -> None:
    """Print a report page. Nothing is fetched: the page is self-contained and a request is refused."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:  # OSError: Pango is not installed
        raise InputError(
            f"a PDF needs WeasyPrint and Pango ({error})",
            path=path,
            fix="pip install 'allert[pdf]' and the system's Pango library, or print the page from a browser",
        ) from None
    with whole_file(path) as part:
        HTML(string=html, url_fetcher=_refuse).write_pdf(str(part))


def _refuse(url: str, **_: object) -> dict[str, object]:
    if url.startswith("data:"):
        from weasyprint import default_url_fetcher

        fetched: dict[str, object] = default_url_fetcher(url)
        return fetched
    raise ValueError(f"a report page must not ask for {url}")
