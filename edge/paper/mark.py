"""What can stand on a receipt: text, bars, QR codes, pictures and blank paper, from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.paper.barcode import Symbol

if TYPE_CHECKING:
    from PIL import Image

LATIN_DOTS, SMALL_DOTS, CHINESE_DOTS = 12, 9, 24
"""Widths of font A, font B and Chinese; all are CHINESE_DOTS high."""
COPY_WORDS = ("重打", "COPY")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters that look alike, all ASCII or none; `wide` and `tall` are factors."""

    text: str
    wide: int = 1
    tall: int = 1
    bold: bool = False
    underline: bool = False
    reverse: bool = False
    small: bool = False

    def of(self, text: str, *, wide: int | None = None, tall: int | None = None) -> Span:
        """Other characters in this look."""
        return Span(
            text, wide or self.wide, tall or self.tall, self.bold, self.underline, self.reverse, self.small
        )  # not dataclasses.replace: it takes half the time of reading a receipt

    @property
    def advance(self) -> int:
        """Dots from one character to the next."""
        if not self.text.isascii():
            return CHINESE_DOTS * self.wide
        return (SMALL_DOTS if self.small else LATIN_DOTS) * self.wide

    @property
    def width(self) -> int:
        return len(self.text) * self.advance


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line; `align` 0 left, 1 centre, 2 right; `height` to the next line."""

    spans: tuple[Span, ...]
    align: int
    height: int

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def width(self) -> int:
        return sum(span.width for span in self.spans)


@dataclass(frozen=True, slots=True)
class Bars:
    symbol: Symbol
    module: int
    bar_height: int
    text_below: bool
    align: int

    @property
    def height(self) -> int:
        return self.bar_height + (CHINESE_DOTS + 2 if self.text_below else 0)

    @property
    def width(self) -> int:
        return len(self.symbol.bars) * self.module


@dataclass(frozen=True, slots=True)
class Qr:
    text: str
    modules: tuple[tuple[bool, ...], ...]
    module: int
    align: int

    @property
    def height(self) -> int:
        return len(self.modules) * self.module

    @property
    def width(self) -> int:
        return self.height


@dataclass(frozen=True, slots=True)
class Raster:
    """`octets` of packed rows, the most significant bit leftmost, 1 black; each dot `wide` × `tall`."""

    octets: bytes
    row_octets: int
    wide: int
    tall: int
    align: int

    @property
    def height(self) -> int:
        return len(self.octets) // self.row_octets * self.tall

    @property
    def width(self) -> int:
        return self.row_octets * 8 * self.wide


@dataclass(frozen=True, slots=True)
class Blank:
    height: int


Mark = TextLine | Bars | Qr | Raster | Blank


@dataclass(frozen=True, slots=True)
class PaperSlip:
    """What stands between two cuts, or since the last one."""

    marks: Sequence[Mark]
    width_dots: int

    @property
    def text(self) -> str:
        """Line by line, without alignment."""
        return "\n".join(mark.text.rstrip() for mark in self.marks if isinstance(mark, TextLine))

    @property
    def barcodes(self) -> list[str]:
        return [mark.symbol.text for mark in self.marks if isinstance(mark, Bars)]

    @property
    def qr_codes(self) -> list[str]:
        return [mark.text for mark in self.marks if isinstance(mark, Qr)]

    @property
    def is_copy(self) -> bool:
        """Whether a line in large letters says so."""
        large = [m.text for m in self.marks if isinstance(m, TextLine) and all(s.tall > 1 for s in m.spans)]
        return any(word in text for text in large for word in COPY_WORDS)

    @property
    def tail_dots(self) -> int:
        """Blank paper below the last mark. Less than CUTTER_DOTS: the cut goes through what was printed."""
        tail = 0
        for mark in reversed(self.marks):
            if not isinstance(mark, Blank):
                break
            tail += mark.height
        return tail

    @property
    def picture(self) -> Image.Image:
        """The dots, mode L, `width_dots` wide, without the look of paper."""
        from edge.paper.picture import draw_marks  # here: a year of sales is simulated without a picture

        return draw_marks(self.marks, self.width_dots)
