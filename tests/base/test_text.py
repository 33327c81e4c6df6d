"""Tables as text: which line is the header, and that no row passes for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.read.common.text import table


def rows(path: Path, text: str) -> list[dict[str, str]]:
    path.write_text(text)
    return [row.cells for row in table(path)]


@pytest.mark.parametrize("header", ["chrom\tstart\tend", "#chrom\tstart\tend", "# made by X\n#chrom\tstart\tend"])
def test_header_with_or_without_a_mark(header: str, tmp_path: Path) -> None:
    assert rows(tmp_path / "t", f"{header}\n1\t2\t3\n") == [{"chrom": "1", "start": "2", "end": "3"}]


def test_a_comment_with_tabs_above_the_header(tmp_path: Path) -> None:
    text = "#made\tby\tX\tversion\nchrom\tstart\tend\n1\t2\t3\n"
    assert rows(tmp_path / "t", text) == [{"chrom": "1", "start": "2", "end": "3"}]


def test_a_first_row_cut_short_is_no_header(tmp_path: Path) -> None:
    """Else the table would be read as empty."""
    assert rows(tmp_path / "t", "#chrom\tstart\tend\tlog2\n1\t200\n") == [{"chrom": "1", "start": "200"}]


@pytest.mark.parametrize("row", ["1\t2\t3\t4", "1"])
def test_a_row_of_another_width_is_refused(row: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="wrong number of columns"):
        rows(tmp_path / "t", f"chrom\tstart\tend\n{row}\n")
