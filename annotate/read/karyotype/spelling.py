"""One spelling for the signs of a karyotype: dashes, tildes, quotes, blanks, strokes, multiplication signs.

Letters keep their case here; the grammar ignores it.
"""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    "-": "−⁃➖",  # and every character of the class of dashes
    "~": "∼～˜〜≈∽⁓",
    "'": "’‘‛′´`ʹʼ＇",
    '"': "“”„‟″«»",
    "x": "×✕✖⨯",
    "/": "⁄∕⧸",
    ",": "，、‚،",
    ";": "；;",
    "[": "{",
    "]": "}",
}
_LOOK_ALIKES = dict(zip("ХУСРІхусріе", "XYCPIxycpie", strict=True))  # Cyrillic letters beside Latin ones

_TABLE = str.maketrans({foreign: sign for sign, foreigners in _SIGNS.items() for foreign in foreigners} | _LOOK_ALIKES)
_LABEL = re.compile(
    r"^(?:(?:final|conventional|cytogenetics?|g-?band\w*)\s+)?(?:[kc]ar[yi]o?t[yi]p\w*|karyogram|cytogenetics|iscn(?:\s*\d{4})?)\s*[:=]?\s*",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(?<=\d)\s+to\s+(?=\d)", re.IGNORECASE)
_SOFT_MINUS = re.compile("\u00ad(?=\\s*[?\\dXYxy])")


def plain(text: str) -> str:
    """The text in plain signs and single blanks, without quotes around it or a label before it."""
    signs = _SOFT_MINUS.sub("-", text).translate(_TABLE)
    wide = unicodedata.normalize("NFKC", signs).translate(_TABLE)
    kept = "".join(_sign(char) for char in wide)
    single = re.sub(r"\s+", " ", kept).replace('"', "").strip().strip("'").strip()
    return _RANGE.sub("~", _LABEL.sub("", single))


def _sign(char: str) -> str:
    kind = unicodedata.category(char)
    if kind == "Pd":
        return "-"
    if kind in ("Zs", "Zl", "Zp", "Cc"):
        return " "
    return "" if kind == "Cf" else char
