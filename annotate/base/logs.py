"""What the log of a failed sample says."""

from __future__ import annotations

from pathlib import Path


def message_of(out: Path, sample: str) -> str:
    """The last `allert:` line of the sample's log, if it failed."""
    log = out.parent / "logs" / "samples" / f"{sample}.log"
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    lines = [line for line in text.splitlines() if line.startswith("allert: ")]
    return lines[-1].removeprefix("allert: ") if lines else ""
