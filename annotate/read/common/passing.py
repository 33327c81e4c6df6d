"""The FILTER cell of a record that passed, in whatever letters it is written."""

from __future__ import annotations

import re

PASSED = "PASS"
_SAYS_PASS = frozenset({"pass", "passed"})


def filter_word(text: str) -> str:
    """`PASS` for a cell that says nothing but that, however it is spelt; any other cell as it is.

    >>> filter_word("Pass"), filter_word("PASS;pass"), filter_word("pass;LowQual"), filter_word(".")
    ('PASS', 'PASS', 'pass;LowQual', '.')
    """
    if text in (PASSED, "."):
        return text
    words = [word.strip().casefold() for word in re.split(r"[;,]", text)]
    return PASSED if all(word in _SAYS_PASS for word in words) else text
