"""Cells as values: plain synonyms, numbers with units, dates. What reads in two ways is refused with a question.

The rules stand in the schemas of the sheets (`workflow/schemas/`): JSON Schema keywords, and ours beside them:
`x-also` (pattern and the word it stands for), `x-ask` (pattern and the question to ask back), `x-number` (unit, range).
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

Rule = Mapping[str, Any]

MISSING = frozenset({"na", "n/a", "n.a.", "nan", "none", "null", "-", ".", "\N{EN DASH}", "not known"})
PERCENT_FROM = 10.0  # a share of 84 can only be 84 %, one of 1.5 could be a slip of either kind
_POWER = re.compile(r"(?:(?P<factor>[0-9.]+)\s*[x*\N{MULTIPLICATION SIGN}]\s*)?10\s*\^\s*(?P<power>[-+]?[0-9]+)")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})(?:[T ].*)?")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")


class Doubt(Exception):
    """A cell that cannot be taken as it is: what is wrong, what was expected, what to do."""

    def __init__(self, what: str, expected: str | None = None, fix: str | None = None) -> None:
        super().__init__(what)
        self.what, self.expected, self.fix = what, expected, fix


def canonical(cell: str, rule: Rule) -> str:
    """The value of a cell in the words of its rule; numbers and dates as plain text. Errors: Doubt."""
    for pattern, question in rule.get("x-ask", ()):
        if re.fullmatch(pattern, cell, re.IGNORECASE):
            raise Doubt("value reads in more than one way", expected(rule), question)
    if rule.get("format") == "date":
        return _date(cell)
    if "x-number" in rule:
        return _number(cell, rule)
    if rule.get("x-list"):
        return _list(cell, rule)
    return _word(cell, rule)


def is_missing(cell: str, rule: Rule) -> bool:
    """`NA`, `-` and their like stand for an empty cell wherever a word, a number or a date is asked."""
    return cell.lower() in MISSING and ("enum" in rule or "x-number" in rule or rule.get("format") == "date")


def expected(rule: Rule) -> str:
    """What the rule of a column asks for, in words."""
    return str(rule.get("description", rule))


def _word(cell: str, rule: Rule) -> str:
    pattern, words = rule.get("pattern"), [word for word in rule.get("enum", ()) if word]
    if len(cell) > rule.get("maxLength", len(cell)):
        raise Doubt("value is too long", f"at most {rule['maxLength']:,} characters")
    if not words and "x-also" not in rule:
        if pattern and not re.search(pattern, cell):
            raise Doubt("value is not allowed", expected(rule), _plain(cell, pattern))
        return cell
    same = [word for word in words if word.lower() == cell.lower()]
    if same:
        return str(same[0])
    if not words and pattern and re.search(pattern, cell.lower()):
        return cell.lower()
    for also, word in rule.get("x-also", ()):
        match = re.fullmatch(also, cell, re.IGNORECASE)
        if match:
            return str(match.expand(str(word)))
    raise Doubt("value is not allowed", expected(rule), _nearest(cell, words or rule.get("x-words", ())))


def _plain(cell: str, pattern: str) -> str | None:
    """A question that names the cell without accents and blanks, where that is allowed."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", cell) if not unicodedata.combining(letter))
    word = re.sub(r"[^A-Za-z0-9._-]+", "_", bare.strip()).strip("_.-")
    return f"did you mean {word!r}?" if word and re.search(pattern, word) else None


def _likeness(cell: str, word: str) -> float:
    return difflib.SequenceMatcher(None, word, cell.lower()).ratio()


def _nearest(cell: str, words: Any) -> str | None:
    """A question that names the likeliest word: the nearest spelling, else one that begins alike."""
    known = {str(word).lower(): str(word) for word in words}
    near = difflib.get_close_matches(cell.lower(), known, n=2, cutoff=0.6)
    if len(near) == 2 and _likeness(cell, near[0]) == _likeness(cell, near[1]) and known[near[0]] != known[near[1]]:
        return f"did you mean {known[near[1]]!r} or {known[near[0]]!r}?"  # GRCh73 is as near to GRCh37 as to GRCh38
    near = near or [word for word in known if cell and word.startswith(cell.lower()[:1])]
    return f"did you mean {known[near[0]]!r}?" if near else None


def _list(cell: str, rule: Rule) -> str:
    """Words separated by `;`, or by commas, slashes or `+` where no word holds one."""
    parts = [part.strip() for part in re.split(r"[;,/+]", cell) if part.strip()]
    return ";".join(dict.fromkeys(_word(part, rule["items"]) for part in parts))


# ---------------------------------------------------------------- numbers


def _number(cell: str, rule: Rule) -> str:
    spec = rule["x-number"]
    number, percent = _parsed(cell, rule)
    if spec.get("whole") and number != int(number):
        raise Doubt("is not a whole number", expected(rule))
    if spec["unit"] == "fraction":
        number = _fraction(number, percent, rule)
    elif percent and spec["unit"] != "%":
        raise Doubt("a percentage where none is asked", expected(rule))
    low, high = spec["range"]
    if not low <= number <= high or (number == 0 and spec.get("above_zero")):
        raise Doubt("number is out of range", _range(spec), spec.get("ask"))
    return f"{number:.12g}"


def _parsed(cell: str, rule: Rule) -> tuple[float, bool]:
    """(number, was it a percentage). A decimal comma and powers of ten as people write them are taken."""
    text = cell.replace("\N{MINUS SIGN}", "-").strip()
    percent = text.endswith("%")
    text = text.removesuffix("%").strip()
    power = _POWER.fullmatch(text)
    if power:
        return float(power["factor"] or 1) * 10.0 ** int(power["power"]), percent
    if text[:1] in "<>\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO}~" and text:
        raise Doubt(
            "a limit where a number is asked", expected(rule), rule["x-number"].get("limit", "write the number")
        )
    if not _NUMBER.fullmatch(text):
        raise Doubt("is not a number", expected(rule))
    number = float(text.replace(",", "."))
    if not math.isfinite(number):
        raise Doubt("is not a number", expected(rule))
    return number, percent


def _fraction(number: float, percent: bool, rule: Rule) -> float:
    spec = rule["x-number"]
    if percent:
        return number / 100
    if 1 < number <= 100 and spec.get("percent_too") and number >= PERCENT_FROM:
        return number / 100
    if 1 < number <= 100:
        raise Doubt(
            "a percentage where a fraction is asked?",
            _range(spec),
            f"is it {number:g} %? Then write {number / 100:g} or '{number:g} %'",
        )
    return number


def _range(spec: Mapping[str, Any]) -> str:
    low, high = spec["range"]
    unit = "" if spec["unit"] in ("fraction", "number") else f" {spec['unit']}"
    if spec.get("above_zero") and low == 0:
        return f"above 0 and at most {high:g}{unit}"
    return f"{low:g} to {high:g}{unit}"


# ---------------------------------------------------------------- dates


def _date(cell: str) -> str:
    """YYYY-MM-DD from a date that can be read in one way only."""
    first, last = _YEAR_FIRST.fullmatch(cell), _YEAR_LAST.fullmatch(cell)
    if first:
        return _checked(*(int(part) for part in first.groups()))
    if last:
        one, two, year = (int(part) for part in last.groups())
        if one > 12 or one == two:
            return _checked(year, two, one)
        if two > 12:
            return _checked(year, one, two)
        raise Doubt(
            "day and month cannot be told apart",
            "a date as YYYY-MM-DD",
            f"is it {year}-{two:02d}-{one:02d} or {year}-{one:02d}-{two:02d}?",
        )
    raise Doubt("is not a date", "a date as YYYY-MM-DD")


def _checked(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise Doubt("is not a date", "a date as YYYY-MM-DD") from None
