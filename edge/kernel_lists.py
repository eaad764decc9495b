"""Lists that the kernel and udev keep as folders, links and short files: what cannot be read is not there."""

from __future__ import annotations

from pathlib import Path

MAX_WORDS = 100
"""Characters of what a device calls itself."""


def usb_above(entry: Path) -> Path | None:
    """The USB device that a node of the kernel belongs to."""
    try:
        real = entry.resolve()
    except (OSError, RuntimeError):  # links that go in a circle
        return None
    return next((one for one in real.parents if (one / "idVendor").is_file()), None)


def children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def words(file: Path) -> str:
    """What a device says of itself, as it can be shown."""
    return printable(text(file, 4 * MAX_WORDS).strip()[:MAX_WORDS])


def printable(told: str) -> str:
    """Nothing in it turns the direction of writing, moves a cursor or is no sign at all."""
    return "".join(one if one.isprintable() else "?" for one in told)


def text(file: Path, most: int) -> str:
    """At most so many octets."""
    try:
        with file.open("rb") as opened:
            return opened.read(most).decode("utf-8", "replace")
    except OSError:
        return ""
