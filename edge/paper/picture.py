"""Pictures of receipts, drawn from what a paper keeps: first the dots of the print head, then the look of paper."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from edge.codec.escpos import Paper
from edge.paper.font import chinese_font
from edge.paper.mark import CHINESE_DOTS, LATIN_DOTS, Bars, Blank, Mark, PaperSlip, Qr, Raster, Span, TextLine
from edge.paper.roll import PaperRoll

WHITE, BLACK = 255, 0
BASELINE = 21 / 24
"""Of a character's height, from its top."""

PAPER_DOTS = {384: 464, 512: 640, 576: 640}
"""Width of the whole paper by that of the head: 58 and 80 mm at 8 dots a millimetre."""
TOP_DOTS, BOTTOM_DOTS = 40, 24
TOOTH_DOTS = 8
"""Of the edge that the tear bar leaves."""
SHADOW_DOTS = 12
PAPER_COLOUR = (253, 252, 248)
INK_COLOUR = (34, 32, 38)
SHADOW_STRENGTH = 70
DOTS_MAX = 12_000
"""Height of one picture: 1.5 m of paper, 30 MB while it is drawn. What is above it is left out."""


def render_png(octets: bytes, paper: Paper) -> bytes:
    """A PNG of what a printer with that paper makes of the bytes."""
    roll = PaperRoll(paper.dots)
    roll.feed(octets)
    png = io.BytesIO()
    roll.picture().save(png, "PNG", optimize=True)
    return png.getvalue()


def draw_papers(slips: Sequence[PaperSlip]) -> Image.Image:
    """Slips below each other as pieces of paper, mode RGBA, transparent around: the last ones within DOTS_MAX."""
    pieces = [_piece(slip.picture) for slip in _last(slips)]
    if not pieces:
        return Image.new("RGBA", (1, 1))
    sheet = Image.new("RGBA", (max(piece.width for piece in pieces), sum(piece.height for piece in pieces)))
    top = 0
    for piece in pieces:
        sheet.paste(piece, (0, top))
        top += piece.height
    return sheet


def draw_marks(marks: Sequence[Mark], width_dots: int) -> Image.Image:
    """The printed dots, mode L."""
    kept = _lowest(marks)
    picture = Image.new("L", (width_dots, max(1, sum(mark.height for mark in kept))), WHITE)
    draw = ImageDraw.Draw(picture)
    draw.fontmode = "1"
    top = 0
    for mark in kept:
        _draw(picture, draw, mark, top)
        top += mark.height
    return picture


def _last(slips: Sequence[PaperSlip]) -> list[PaperSlip]:
    kept: list[PaperSlip] = []
    room = DOTS_MAX
    for slip in reversed([slip for slip in slips if slip.marks]):
        room -= sum(mark.height for mark in slip.marks)
        if room < 0 and kept:
            break
        kept.insert(0, slip)
    return kept


def _lowest(marks: Sequence[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    room = DOTS_MAX
    for mark in reversed(marks):
        room -= mark.height
        if room < 0:
            break
        kept.append(mark)
    return kept[::-1]


def _draw(picture: Image.Image, draw: ImageDraw.ImageDraw, mark: Mark, top: int) -> None:
    if isinstance(mark, Blank):
        return
    left = (picture.width - mark.width) * mark.align // 2
    match mark:
        case TextLine():
            bottom = top + mark.height - max(0, mark.height - _tallest(mark)) // 2
            for span in mark.spans:
                _draw_span(picture, draw, span, left=left, bottom=bottom)
                left += span.width
        case Bars():
            _draw_bars(draw, mark, left=left, top=top)
        case Qr():
            _draw_qr(draw, mark, left=left, top=top)
        case Raster():
            size = (mark.row_octets * 8, mark.height // mark.tall)
            dots = Image.frombytes("1", size, mark.octets, "raw", "1;I").resize((mark.width, mark.height))
            picture.paste(dots, (left, top))


def _tallest(line: TextLine) -> int:
    return max((span.tall for span in line.spans), default=1) * CHINESE_DOTS


def _draw_span(picture: Image.Image, draw: ImageDraw.ImageDraw, span: Span, *, left: int, bottom: int) -> None:
    height = span.tall * CHINESE_DOTS
    ink = BLACK
    if span.reverse:
        draw.rectangle((left, bottom - height - 2, left + span.width - 1, bottom + 2), fill=BLACK)
        ink = WHITE
    if span.underline:
        draw.line((left, bottom + 2, left + span.width - 1, bottom + 2), fill=ink, width=span.tall)
    for char in span.text:
        if char != " ":
            glyph = _glyph(char, width=span.advance, height=height, bold=span.bold)
            picture.paste(ink, (left, bottom - height), glyph)
        left += span.advance


@lru_cache(maxsize=4096)
def _glyph(char: str, *, width: int, height: int, bold: bool) -> Image.Image:
    """One character as a mask, its box `height` high with room below for what hangs."""
    font = _font(height)
    natural = (LATIN_DOTS if ord(char) < 0x80 else CHINESE_DOTS) * height // CHINESE_DOTS
    mask = Image.new("1", (natural, height + height // 6), 0)
    draw = ImageDraw.Draw(mask)
    shift = max(0, natural - round(font.getlength(char))) // 2
    draw.text((shift, round(height * BASELINE)), char, fill=1, font=font, anchor="ls")
    if bold:
        thick = ImageChops.offset(mask, max(1, height // CHINESE_DOTS), 0)
        mask = ImageChops.logical_or(mask, thick)
    return mask if natural == width else mask.resize((width, mask.height))


@lru_cache(maxsize=8)
def _font(height: int) -> ImageFont.FreeTypeFont:
    return chinese_font(height)


def _draw_bars(draw: ImageDraw.ImageDraw, mark: Bars, *, left: int, top: int) -> None:
    for place, module in enumerate(mark.symbol.bars):
        if module == "1":
            x = left + place * mark.module
            draw.rectangle((x, top, x + mark.module - 1, top + mark.bar_height - 1), fill=BLACK)
    if mark.text_below:
        middle = left + mark.width // 2
        baseline = top + mark.bar_height + 2 + round(CHINESE_DOTS * BASELINE)
        draw.text((middle, baseline), mark.symbol.text, fill=BLACK, font=_font(CHINESE_DOTS), anchor="ms")


def _draw_qr(draw: ImageDraw.ImageDraw, mark: Qr, *, left: int, top: int) -> None:
    size = mark.module
    for row, modules in enumerate(mark.modules):
        for column, black in enumerate(modules):
            if black:
                x, y = left + column * size, top + row * size
                draw.rectangle((x, y, x + size - 1, y + size - 1), fill=BLACK)


def _piece(dots: Image.Image) -> Image.Image:
    """One slip as a piece of paper with a toothed edge at both ends and a soft shadow, mode RGBA."""
    width = PAPER_DOTS.get(dots.width, dots.width + 64)
    height = dots.height + TOP_DOTS + BOTTOM_DOTS
    paper = Image.new("RGB", (width, height), PAPER_COLOUR)
    paper.paste(INK_COLOUR, ((width - dots.width) // 2, TOP_DOTS), ImageChops.invert(dots))
    shape = Image.new("L", (width + 2 * SHADOW_DOTS, height + 2 * SHADOW_DOTS), 0)
    ImageDraw.Draw(shape).polygon(_outline(width, height), fill=255)
    shadow = shape.filter(ImageFilter.GaussianBlur(SHADOW_DOTS / 3)).point(lambda value: value * SHADOW_STRENGTH // 255)
    piece = Image.new("RGBA", shape.size, (0, 0, 0, 0))
    piece.putalpha(shadow)
    sheet = Image.new("RGB", shape.size, PAPER_COLOUR)
    sheet.paste(paper, (SHADOW_DOTS, SHADOW_DOTS))
    piece.paste(sheet, (0, 0), shape)
    return piece


def _outline(width: int, height: int) -> list[tuple[int, int]]:
    """The paper's edge: straight sides, teeth above and below."""
    left, right, top, bottom = SHADOW_DOTS, SHADOW_DOTS + width - 1, SHADOW_DOTS, SHADOW_DOTS + height - 1
    steps = range(0, width + 1, TOOTH_DOTS)
    above = [(left + min(x, width - 1), top + (TOOTH_DOTS // 2 if n % 2 else 0)) for n, x in enumerate(steps)]
    below = [(left + min(x, width - 1), bottom - (TOOTH_DOTS // 2 if n % 2 else 0)) for n, x in enumerate(steps)]
    return [*above, (right, top), (right, bottom), *reversed(below)]
