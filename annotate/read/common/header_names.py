"""What the header of a VCF says of its sample columns: which is the tumour, which the normal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

TUMOR_NAMES = frozenset({"tumor", "tumour", "primary"})
NORMAL_NAMES = frozenset({"normal", "germline", "blood_normal", "control"})

_SAMPLE_LINE = re.compile(r"^##(tumou?r|normal)_?(?:sample)?=(.+)$", re.IGNORECASE)
_META_SAMPLE = re.compile(r"^##SAMPLE=<(.*)>$", re.IGNORECASE)
_META_FIELD = re.compile(r'(\w+)=("[^"]*"|[^,>]*)')
_PEDIGREE = re.compile(r"^##PEDIGREE=<(.*)>$", re.IGNORECASE)
# How callers name the two samples in the command line that they write into the header: GATK, MuTect, DRAGEN, Octopus.
_COMMAND = re.compile(
    r"(?:--tumor-sample|(?<!\S)-tumor|tumor_sample_name|--RGSM-tumor|--tumor-name)[= ]+(?P<tumor>[^\s\",\]]+)"
    r"|(?:--normal-samples?|(?<!\S)-normal|normal_sample_name|--RGSM|--normal-name)[= ]+(?P<normal>[^\s\",\]]+)"
)


def named_in_header(header_lines: Iterable[str], names: Sequence[str]) -> int | None:
    """The column that the caller's header names as the tumour."""
    return roles_in_header(header_lines, names)[0]


def roles_in_header(header_lines: Iterable[str], names: Sequence[str]) -> tuple[int | None, int | None]:
    """What the header says: (tumour, normal)."""
    found: dict[str, int] = {}
    commands: list[tuple[str, str]] = []
    for line in header_lines:
        role, name = _role(line.strip(), names)
        if role is not None and name in names:
            found.setdefault(role, names.index(name))
        elif line.startswith("##") and ("ommand" in line[:60] or line.startswith(("##MuTect", "##octopus"))):
            commands += _of_command(line)
        elif line.startswith("##PEDIGREE"):
            commands += _of_pedigree(line.strip())
    for role, name in commands:
        if name in names:
            found.setdefault(role, names.index(name))
    return found.get("tumor"), found.get("normal")


def _of_command(line: str) -> list[tuple[str, str]]:
    """(role, name) of every sample that a caller's command line names."""
    found = []
    for match in _COMMAND.finditer(line[:1_000_000]):
        role = "tumor" if match["tumor"] else "normal"
        found.append((role, match[role].strip("'")))
    return found


def _of_pedigree(line: str) -> list[tuple[str, str]]:
    """Derived and Original of the cancer pedigree of SnpEff and of the VCF standard."""
    meta = _PEDIGREE.match(line[:10_000])
    fields = {key.lower(): value.strip('"') for key, value in _META_FIELD.findall(meta[1])} if meta else {}
    original = fields.get("original")
    derived = fields.get("derived") or fields.get("id")
    return [("tumor", derived), ("normal", original)] if original and derived else []


def _role(line: str, names: Sequence[str]) -> tuple[str | None, str]:
    if not line.startswith("##") or len(line) > 10_000:
        return None, ""
    plain = _SAMPLE_LINE.match(line)
    if plain:
        return ("normal" if plain[1].lower() == "normal" else "tumor"), plain[2].strip().strip('"')
    meta = _META_SAMPLE.match(line)
    if not meta:
        return None, ""
    fields = {key.lower(): value.strip('"') for key, value in _META_FIELD.findall(meta[1])}
    word = fields.get("id", "").lower()
    role = "tumor" if word in TUMOR_NAMES else "normal" if word in NORMAL_NAMES else None
    name = next((v for k in ("samplename", "name", "id") if (v := fields.get(k, "")) in names), "")
    return role, name
