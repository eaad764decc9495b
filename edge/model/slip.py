"""What is printed, before any printer is known: a slip is a list of blocks, laid out to the paper's columns later."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph; wrapped by cells. `big` doubles width and height."""

    text: str
    align: Align = Align.LEFT
    bold: bool = False
    big: bool = False


@dataclass(frozen=True, slots=True)
class Headline:
    """One line as large as the paper allows, centred and bold: a sticker that is read from across the room.

    Letters, digits and signs of ASCII; of other texts, which many printers cannot scale so far, it is a `big` Text.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """`left` and `right` on one line, or `right` alone on the next when they do not fit beside each other."""

    left: str
    right: str
    bold: bool = False
    big: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    double: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Barcode:
    """Code 128 with the text below it. Capitals and digits."""

    text: str


@dataclass(frozen=True, slots=True)
class QrCode:
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A black-and-white raster: `rows` of packed bytes, most significant bit leftmost, 1 is black."""

    width_dots: int
    rows: tuple[bytes, ...]


Block = Text | Headline | Row | Rule | Feed | Barcode | QrCode | Picture


@dataclass(frozen=True, slots=True)
class Slip:
    """Blocks from top to bottom; the paper is cut after the last one when the printer has a cutter."""

    blocks: tuple[Block, ...]


def plural(count: int) -> str:
    """What an English noun ends with: nothing for one of it."""
    return "" if count == 1 else "s"
