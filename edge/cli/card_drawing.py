"""Cards on paper: a PDF of vector shapes, with the Chinese font's own outlines, as few of them as it needs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from edge.cli.card_icons import GRID, strokes
from edge.cli.card_layout import MODULE, QUIET, TAB_W
from edge.errors import SettingsError
from edge.model.card import Icon, Zone

if TYPE_CHECKING:
    from fpdf import FPDF

Colour = tuple[int, int, int]

INK: Colour = (28, 32, 38)
FAINT: Colour = (120, 126, 134)
PAPER: Colour = (255, 255, 255)
STRIP: Colour = (38, 50, 62)
COLOURS: dict[Zone | None, Colour] = {
    Zone.GREEN: (30, 132, 73), Zone.BLUE: (31, 97, 171), Zone.ORANGE: (202, 96, 8), Zone.RED: (190, 30, 45),
    Zone.KEYS: (84, 94, 106), Zone.OWNER: (92, 52, 130), None: STRIP,
}  # fmt: skip
"""Dark enough for white letters, and no two alike in grey."""

NAME_PT, NAME_EN_PT, CODE_PT = 16.0, 9.0, 6.5
FONT = "cjk"
FACE = "Noto Sans CJK SC"
CORNER = 2.0
ICON_LINE = 1.7
"""On the icon's square of 24."""
ARC_STEP = 12
"""Degrees; at 11 mm nobody sees the corners."""
POINT_MM = 25.4 / 72


class Drawing:
    """One PDF while it is drawn, in millimetres from the upper left. Raises SettingsError without library or font."""

    def __init__(self, made_at: datetime, title: str) -> None:
        from edge.paper.font import font_file

        try:
            from fpdf import FPDF
        except ModuleNotFoundError as error:
            raise SettingsError(
                "the PDF library is not installed", where="cards", expected="the Python package fpdf2",
                cure="Type: make install, or pip install edge-terminal[cards]",
            ) from error  # fmt: skip
        self.pdf: FPDF = FPDF(orientation="L", unit="mm", format="A4")
        path, face = font_file(FACE)
        self.pdf.add_font(FONT, "", path, collection_font_number=face)
        self.pdf.set_auto_page_break(False)
        self.pdf.set_title(title)
        self.pdf.set_creation_date(made_at)

    def page(self) -> None:
        self.pdf.add_page()

    def box(self, x: float, y: float, w: float, h: float, fill: Colour, *, round_to: float = CORNER) -> None:
        self.pdf.set_fill_color(*fill)
        self.pdf.rect(x, y, w, h, style="F", round_corners=round_to > 0, corner_radius=round_to)

    def frame(self, x: float, y: float, w: float, h: float, colour: Colour, *, dashed: bool = False) -> None:
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(0.25)
        self.pdf.set_dash_pattern(dash=1.5 if dashed else 0, gap=1.5 if dashed else 0)
        self.pdf.rect(x, y, w, h, style="D", round_corners=True, corner_radius=CORNER)
        self.pdf.set_dash_pattern()

    def text(
        self, x: float, y: float, text: str, *, pt: float, colour: Colour = INK, bold: bool = False,
        width: float = 0.0, centre: bool = False,
    ) -> None:  # fmt: skip
        """`y` is the baseline. `width`: smaller letters where it is wider; `centre`: around x."""
        from fpdf.enums import TextMode

        pdf = self.pdf
        pdf.set_font(FONT, size=pt)
        if width and (wide := pdf.get_string_width(text)) > width:
            pdf.set_font(FONT, size=pt * width / wide)
        left = x - pdf.get_string_width(text) / 2 if centre else x
        with pdf.local_context():  # a text mode that is set outside of one goes on in the next text
            pdf.set_text_color(*colour)
            pdf.set_draw_color(*colour)
            pdf.set_line_width(0.22 * pt / NAME_PT)
            pdf.text_mode = TextMode.FILL_STROKE if bold else TextMode.FILL
            pdf.text(left, y, text)

    def right(self, x: float, y: float, text: str, *, pt: float, colour: Colour = INK) -> None:
        """The same, ending at x."""
        self.pdf.set_font(FONT, size=pt)
        self.text(x - self.pdf.get_string_width(text), y, text, pt=pt, colour=colour)

    def bars(self, x: float, y: float, h: float, code: str, *, module: float = MODULE) -> float:
        """Code 128 with its quiet zone on white, from x on; returns how wide it is with its quiet zones."""
        return self.modules(x, y, h, code128(code), module=module, quiet=QUIET * module / MODULE)

    def modules(self, x: float, y: float, h: float, modules: str, *, module: float, quiet: float) -> float:
        """The same of any bar symbol's modules, 1 black."""
        self.pdf.set_fill_color(*PAPER)
        self.pdf.rect(x, y, len(modules) * module + 2 * quiet, h, style="F")
        self.pdf.set_fill_color(0, 0, 0)
        for start, length in _runs(modules):
            self.pdf.rect(x + quiet + start * module, y, length * module, h, style="F")
        return len(modules) * module + 2 * quiet

    def qr(self, x: float, y: float, size: float, code: str) -> None:
        """Level M, its four modules of quiet zone included in `size`."""
        from edge.paper.barcode import qr_modules

        rows = qr_modules(code.encode(), 49)
        module = size / (len(rows) + 8)
        self.pdf.set_fill_color(*PAPER)
        self.pdf.rect(x, y, size, size, style="F")
        self.pdf.set_fill_color(0, 0, 0)
        for down, row in enumerate(rows):
            for start, length in _runs("".join("01"[dark] for dark in row)):
                self.pdf.rect(
                    x + (4 + start) * module, y + (4 + down) * module, length * module, module * 1.02, style="F"
                )

    def icon(self, x: float, y: float, size: float, icon: Icon, colour: Colour) -> None:
        """In a square of `size` whose upper left corner is (x, y)."""
        scale, pdf = size / GRID, self.pdf
        pdf.set_draw_color(*colour)
        pdf.set_fill_color(*colour)
        pdf.set_line_width(ICON_LINE * scale)
        with pdf.local_context(stroke_cap_style=1, stroke_join_style=1):
            for kind, *words in strokes(icon):
                self._stroke(kind, words, x, y, scale, colour)

    def _stroke(self, kind: str, words: Sequence[str], x: float, y: float, scale: float, colour: Colour) -> None:
        pdf = self.pdf
        px, py = _pair(words[0])
        match kind:
            case "p":
                pdf.polyline([(x + a * scale, y + b * scale) for a, b in map(_pair, words)])
            case "o" | "f":
                r = float(words[1]) * scale
                style = "D" if kind == "o" else "F"
                pdf.ellipse(x + px * scale - r, y + py * scale - r, 2 * r, 2 * r, style=style)
            case "r":
                w, h = _pair(words[1])
                pdf.rect(x + px * scale, y + py * scale, w * scale, h * scale, style="D")
            case "a":
                pdf.polyline([(x + a * scale, y + b * scale) for a, b in _arc(px, py, float(words[1]), words[2])])
            case "t":
                pt = float(words[1]) * scale / POINT_MM
                self.text(x + px * scale, y + py * scale + 0.36 * pt * POINT_MM, words[2], pt=pt, colour=colour,
                          centre=True)  # fmt: skip

    def down(self, x: float, y: float, h: float, text: str, *, pt: float, colour: Colour) -> None:
        """Letter below letter, in the middle of a tab of TAB_W."""
        step = pt * POINT_MM * 1.25
        top = y + (h - step * len(text)) / 2
        for at, letter in enumerate(text):
            self.text(x + TAB_W / 2, top + (at + 0.8) * step, letter, pt=pt, colour=colour, bold=True, centre=True)

    def sideways(self, x: float, y: float, text: str, *, pt: float, colour: Colour) -> None:
        """Turned to be read from the left, centred on (x, y)."""
        with self.pdf.rotation(90, x, y):
            self.text(x, y + 0.36 * pt * POINT_MM, text, pt=pt, colour=colour, bold=True, centre=True)

    def arrow(self, x: float, y: float, to: float, colour: Colour) -> None:
        """From left to right."""
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(0.9)
        with self.pdf.local_context(stroke_cap_style=1, stroke_join_style=1):
            self.pdf.polyline([(x, y), (to, y)])
            self.pdf.polyline([(to - 2.2, y - 2.2), (to, y), (to - 2.2, y + 2.2)])

    def octets(self) -> bytes:
        """The file. Once: its fonts are closed then, which the library reads lazily and leaves open."""
        from fpdf.fonts import TTFFont

        octets = bytes(self.pdf.output())
        for font in self.pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.close()
        return octets

    def write(self, out: Path) -> None:
        """Raises SettingsError when it cannot be written."""
        octets = self.octets()
        try:
            out.write_bytes(octets)
        except OSError as error:
            raise SettingsError(f"the PDF cannot be written: {error.strerror}", where=str(out)) from error


def tint(colour: Colour, share: float) -> Colour:
    """So much of the colour on white."""
    red, green, blue = (round(255 - (255 - part) * share) for part in colour)
    return red, green, blue


def code128(code: str) -> str:
    """Modules from left to right, 1 black; an even run of digits at the end goes two by two, which saves a tenth."""
    from edge.paper.barcode import CODE128, bar_symbol

    digits = len(code) - len(code.rstrip("0123456789"))
    digits -= digits % 2
    head, pairs = code[: len(code) - digits], code[len(code) - digits :]
    tail = b"{C" + bytes(int(pairs[at : at + 2]) for at in range(0, digits, 2)) if digits >= 4 else pairs.encode()
    return bar_symbol(CODE128, b"{B" + head.encode() + tail).bars


def _runs(modules: str) -> Iterator[tuple[int, int]]:
    """(start, length) of each black bar."""
    start = 0
    for at, module in enumerate(modules + "0"):
        if module == "0":
            if at > start:
                yield start, at - start
            start = at + 1


def _pair(text: str) -> tuple[float, float]:
    a, b = text.split(",")
    return float(a), float(b)


def _arc(x: float, y: float, r: float, angles: str) -> Iterator[tuple[float, float]]:
    begin, end = _pair(angles)
    steps = max(1, round((end - begin) / ARC_STEP))
    for step in range(steps + 1):
        angle = math.radians(begin + (end - begin) * step / steps)
        yield x + r * math.cos(angle), y + r * math.sin(angle)
