"""Slips as ESC/POS bytes, and the drawer's pulse. python-escpos encodes all but text runs (decisions 5, devices 5.4).

    1B 40  1C 26  text in GB18030, 0A after each line …  1B 64 06  1D 56 01
    init   FS &                                          feed      partial cut

`Text` and `Row` are laid out here, by cells; the printer only aligns. python-escpos is imported at the first slip: it
costs 0.2 s and 14 MB, so a driver asks for `kick` once while it opens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, assert_never

from edge.codec.gb18030 import encode, row, wrap
from edge.errors import CodecError, SettingsError
from edge.model.slip import Align, Barcode, Block, Feed, Headline, Picture, QrCode, Row, Rule, Slip, Text

if TYPE_CHECKING:
    from escpos.printer import Dummy

CHINESE_ON = b"\x1c\x26"
CHINESE_QUADRUPLE = b"\x1c\x57\x01"
CHINESE_SINGLE = b"\x1c\x57\x00"
LINE_FEED = b"\n"

BIG_SPACING_DOTS = 60
"""Between lines of 48 dots; the default of 30 would make them touch."""
BIG, HEADLINE_MAX = 2, 8
"""Times the size of a character: of what is `big`, and the most that GS ! can say."""
CHARACTER_DOTS, HEADLINE_GAP_DOTS = 24, 12
LINES_BELOW = 4
"""Fed where nothing cuts: the tear bar is 10 mm above the head. (Before a cut python-escpos feeds 6, 22 mm.)"""
FEED_MAX = 24
"""Lines of one Feed: a slip that wants more is a mistake that empties the roll."""

BARCODE_HEIGHT_DOTS = 80
BARCODE_MODULE_DOTS = 2
QR_SIZES = ((106, 6), (331, 5), (624, 4))
"""(most bytes, dots a module): versions 6, 13 and 19 at level M, each narrower than 384 dots."""
QR_BYTES_MAX = QR_SIZES[-1][0]
QR_LEVEL_M = 1
PICTURE_STRIP_DOTS = 256
"""Height of one raster command: clones have buffers of a few kilobytes."""
PICTURES_KEPT = 4
"""Encoded pictures that are remembered: a shop has one logo."""


@dataclass(frozen=True, slots=True)
class Paper:
    """`dots` across the print head, `columns` of font A (12 dots); a Chinese character takes two columns."""

    dots: int
    columns: int


PAPER_58 = Paper(dots=384, columns=32)
PAPER_80 = Paper(dots=576, columns=48)
PAPER_80_NARROW = Paper(dots=512, columns=42)

PAPERS = {(58, 32): PAPER_58, (80, 48): PAPER_80, (80, 42): PAPER_80_NARROW}
"""By width in mm and columns (devices 5.4)."""


def paper_of(width_mm: int, columns: int | None = None) -> Paper:
    """The paper of a setting; the widest head for it when `columns` is None. Raises SettingsError for any other."""
    for (width, count), paper in PAPERS.items():
        if width == width_mm and columns in (None, count):
            return paper
    known = ", ".join(f"{width} mm with {count}" for width, count in PAPERS)
    raise SettingsError("no such paper", expected=f"{known} columns", got=f"{width_mm} mm with {columns or 'any'}")


def copy_mark(copy_no: int) -> str:
    """What a reprint carries at its top and bottom; nothing for the original (product row 31)."""
    return f"副本 {copy_no} 重打/COPY" if copy_no else ""


def encode_slip(slip: Slip, paper: Paper, *, mark: str = "", cut: bool = True) -> bytes:
    """All bytes of one slip, from initialise to the feed that brings its end out, and the cut.

    `mark` is printed large and bold at both ends. Raises CodecError for a picture wider than the paper, a feed or a
    QR code beyond its limit, or a barcode of other characters than ASCII.
    """
    printer = _encoder()
    printer.hw("INIT")
    printer._raw(CHINESE_ON)
    for block in _marked(slip, mark):
        _print_block(printer, block, paper)
    if cut:
        printer.cut(mode="PART")
    else:
        printer.print_and_feed(LINES_BELOW)
    return bytes(printer.output)


def kick(pin: Literal[2, 5]) -> bytes:
    """The pulse that opens a cash drawer at that pin of the connector: 100 ms on, 100 ms off."""
    printer = _encoder()
    printer.cashdraw(pin)
    return bytes(printer.output)


def kick_at_once(pin: Literal[2, 5]) -> bytes:
    """DLE DC4: a pulse of 100 ms in front of what waits in the buffer, and with the printer offline."""
    return b"\x10\x14\x01" + bytes((0 if pin == 2 else 1, 1))


def _encoder() -> Dummy:
    from escpos.printer import Dummy

    return Dummy()


def _marked(slip: Slip, mark: str) -> Iterator[Block]:
    banner = (Rule(double=True), Text(mark, Align.CENTRE, bold=True, big=True), Rule(double=True)) if mark else ()
    yield from (*banner, *slip.blocks, *banner)


def _print_block(printer: Dummy, block: Block, paper: Paper) -> None:
    match block:
        case Text(text, align, bold, big):
            _print_lines(printer, wrap(text, _columns(paper, big=big)), align=align, bold=bold, big=big)
        case Headline(text):
            _print_headline(printer, text, paper)
        case Row(left, right, bold, big):
            lines = row(left, right, _columns(paper, big=big))
            _print_lines(printer, lines, align=Align.LEFT, bold=bold, big=big)
        case Rule(double):
            printer._raw(encode(("=" if double else "-") * paper.columns) + LINE_FEED)
        case Feed(lines=count):
            if not 0 < count <= FEED_MAX:
                raise CodecError("a slip cannot feed that far", expected=f"1 to {FEED_MAX} lines", got=str(count))
            printer.print_and_feed(count)
        case Barcode(text):
            _print_barcode(printer, text, paper)
        case QrCode(text):
            _print_qr(printer, text)
        case Picture():
            _print_picture(printer, block, paper)
        case _:
            assert_never(block)


def _print_headline(printer: Dummy, text: str, paper: Paper) -> None:
    """GS ! goes to 8 times, for Latin letters everywhere; the text must stay on one line."""
    (line, *more) = wrap(text, paper.columns)
    times = min(HEADLINE_MAX, paper.columns // max(1, len(line)))
    if more or not line.isascii() or times < BIG:
        _print_lines(printer, wrap(text, _columns(paper, big=True)), align=Align.CENTRE, bold=True, big=True)
        return
    printer.set(align="center", bold=True, custom_size=True, width=times, height=times)
    printer.line_spacing(times * CHARACTER_DOTS + HEADLINE_GAP_DOTS)
    printer._raw(encode(line) + LINE_FEED)
    printer.set(align="left", bold=False, custom_size=True, width=1, height=1)
    printer.line_spacing()


def _columns(paper: Paper, *, big: bool) -> int:
    return paper.columns // 2 if big else paper.columns


def _print_lines(printer: Dummy, lines: list[str], *, align: Align, bold: bool, big: bool) -> None:
    if align is not Align.LEFT:
        printer.set(align=_ALIGN[align])
    if bold:
        printer.set(bold=True)
    if big:
        # Epson scales both scripts by GS !, many clones only Latin; FS W sets, not multiplies, so both are safe
        printer.set(custom_size=True, width=2, height=2)
        printer._raw(CHINESE_QUADRUPLE)
        printer.line_spacing(BIG_SPACING_DOTS)
    printer._raw(b"".join(encode(line) + LINE_FEED for line in lines))
    if big:
        printer.set(custom_size=True, width=1, height=1)
        printer._raw(CHINESE_SINGLE)
        printer.line_spacing()
    if bold:
        printer.set(bold=False)
    if align is not Align.LEFT:
        printer.set(align="left")


_ALIGN = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right"}


def _print_barcode(printer: Dummy, text: str, paper: Paper) -> None:
    """Centred Code 128; as text where the paper is too narrow for it: a receipt without bars beats no receipt."""
    symbol = _code128(text, paper.dots)
    if symbol is None:
        _print_lines(printer, wrap(text, paper.columns), align=Align.CENTRE, bold=False, big=False)
        return
    printer.set(align="center")
    # not barcode(): it writes a sentence to standard output each time
    printer._hw_barcode(
        symbol, "CODE128", BARCODE_HEIGHT_DOTS, BARCODE_MODULE_DOTS, "BELOW", "A", align_ct=False, function_type="B"
    )
    printer._raw(LINE_FEED)
    printer.set(align="left")


def _code128(text: str, dots: int) -> str | None:
    """The data of GS k 73: code set B, or C for the digits at the end where B is too wide; None where both are."""
    if not text or not text.isascii() or not text.isprintable():
        raise CodecError("Code 128 has no such characters", expected="printable ASCII", got=repr(text[:40]))
    if _code128_dots(len(text)) <= dots:
        return "{B" + text.replace("{", "{{")
    head, digits = _split_even_digits(text)
    if not digits or _code128_dots(len(head) + 1 + len(digits) // 2) > dots:
        return None
    pairs = "".join(chr(int(digits[i : i + 2])) for i in range(0, len(digits), 2))
    return "{B" + head.replace("{", "{{") + "{C" + pairs


def _code128_dots(symbols: int) -> int:
    """Start, check and each symbol are 11 modules wide, stop 13."""
    return (11 * (symbols + 2) + 13) * BARCODE_MODULE_DOTS


def _split_even_digits(text: str) -> tuple[str, str]:
    """The longest end of the text that is an even number of digits, behind at least one other character."""
    head = text.rstrip("0123456789") or text[:1]
    if (len(text) - len(head)) % 2:
        head = text[: len(head) + 1]
    return head, text[len(head) :]


def _print_qr(printer: Dummy, text: str) -> None:
    length = len(text.encode())
    size = next((dots for most, dots in QR_SIZES if length <= most), None)
    if size is None or not text:
        raise CodecError("this does not fit a QR code on paper", expected=f"1 to {QR_BYTES_MAX} bytes", got=str(length))
    printer.set(align="center")
    printer.print_and_feed(1)  # the quiet zone above; the line feed leaves the one below
    printer.qr(text, ec=QR_LEVEL_M, size=size, native=True)
    printer._raw(LINE_FEED)
    printer.set(align="left")


def _print_picture(printer: Dummy, picture: Picture, paper: Paper) -> None:
    if picture.width_dots > paper.dots:
        raise CodecError(
            "a picture is wider than the paper", expected=f"at most {paper.dots} dots", got=str(picture.width_dots)
        )
    printer.set(align="center")
    printer._raw(_raster(picture, paper.dots))
    printer.set(align="left")


@lru_cache(maxsize=PICTURES_KEPT)
def _raster(picture: Picture, paper_dots: int) -> bytes:
    """GS v 0 commands; python-escpos must be told the paper's width, or it writes a warning to standard output."""
    from PIL import Image

    width_octets = (picture.width_dots + 7) // 8
    if not picture.rows or any(len(row) != width_octets for row in picture.rows):
        raise CodecError("a picture's rows are not as long as it is wide", expected=f"{width_octets} bytes each")
    size = (picture.width_dots, len(picture.rows))
    image = Image.frombytes("1", size, b"".join(picture.rows), "raw", "1;I")
    printer = _encoder()
    printer.profile.profile_data = {**printer.profile.profile_data, "media": {"width": {"pixels": paper_dots}}}
    printer.image(image, fragment_height=PICTURE_STRIP_DOTS)
    return bytes(printer.output)
