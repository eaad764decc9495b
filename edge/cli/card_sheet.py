"""The laminated sheet: strip, zones and numbers drawn as pages (product C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from edge.cli.card_drawing import (
    CODE_PT,
    COLOURS,
    FAINT,
    INK,
    NAME_EN_PT,
    NAME_PT,
    PAPER,
    STRIP,
    Drawing,
    code128,
    tint,
)
from edge.cli.card_layout import (
    BARS_DOWN,
    BARS_H,
    CARD_H,
    MARGIN,
    MODULE,
    PAGE_H,
    PAGE_W,
    QUIET,
    TAB_W,
    Band,
    Place,
    pages_of,
)
from edge.codec.command_card import card_code
from edge.model.card import Card, Icon, Zone
from edge.model.counter import OWNER_VERBS

LANGUAGES = ("zh-CN", "en", "both")
TITLES: Mapping[Zone | None, tuple[str, str]] = {
    Zone.GREEN: ("收银", "Sell"), Zone.BLUE: ("快递与服务", "Parcels and services"),
    Zone.ORANGE: ("店务", "Shop day"), Zone.RED: ("帮助", "Help"), Zone.KEYS: ("数字与钞票", "Numbers and notes"),
    Zone.OWNER: ("店主", "Owner"), None: ("常用", "Every day"),
}  # fmt: skip
STEPS = (
    (Icon.SCAN, "扫商品", "Scan the goods"),
    (Icon.TOTAL, "扫结账", "Scan Subtotal"),
    (Icon.CASH, "扫现金（正好）", "Scan Exact cash"),
)
"""The first sale, for who has never seen the box; its cards stand on the same page."""
CHANGE = ("要找零：输收到的钱，按确认；没有键盘，扫数字页的钞票卡",
          "With change: key the cash, then Enter; without a keypad scan the notes of the numbers' page")  # fmt: skip
ICON_SIZE = 11.0
LOCK_SIZE = 4.4
TEXT_LEFT = 15.5


@dataclass(frozen=True, slots=True)
class SheetWords:
    """What stands on each page. `language` is zh-CN, en or both."""

    shop: str
    store: str
    version: str
    language: str
    made_at: datetime

    def of(self, chinese: str, english: str) -> str:
        """In the sheet's language; both beside each other."""
        return {"zh-CN": chinese, "en": english}.get(self.language, f"{chinese} {english}")


def draw_sheet(cards: Mapping[int, Card], words: SheetWords) -> Drawing:
    """All pages; the owner's cards are on none."""
    drawing = Drawing(words.made_at, words.of("命令卡", "Command cards"))
    pages = pages_of(cards)
    for number, page in enumerate(pages, 1):
        drawing.page()
        _header(drawing, words, f"{number}/{len(pages)}")
        for band in page:
            draw_band(drawing, band, words.language)
        if number == 1:
            _first_sale(drawing, words, page[0].y + page[0].h + 12)
    return drawing


def draw_band(drawing: Drawing, band: Band, language: str) -> None:
    """A zone's ground, its name at the left edge, its cards."""
    colour = COLOURS[band.zone]
    drawing.box(band.x, band.y, band.w, band.h, tint(colour, 0.16), round_to=3)
    drawing.box(band.x, band.y, TAB_W, band.h, colour, round_to=3)
    drawing.box(band.x + TAB_W / 2, band.y, TAB_W / 2, band.h, colour, round_to=0)
    chinese, english = TITLES[band.zone]
    if language == "en":
        drawing.sideways(band.x + TAB_W / 2, band.y + band.h / 2, english, pt=13, colour=PAPER)
    else:
        both = language != "zh-CN"
        drawing.down(band.x - (1.7 if both else 0), band.y, band.h, chinese, pt=12 if both else 15, colour=PAPER)
        if both:
            drawing.sideways(band.x + TAB_W - 2.1, band.y + band.h / 2, english, pt=7, colour=PAPER)
    for place in band.places:
        draw_card(drawing, place, language)


def draw_card(drawing: Drawing, place: Place, language: str) -> None:
    """Icon, words, bars; the card that stops everything is red all over, one that waits for the owner's has a lock."""
    card, x, y, w, h = place.card, place.x, place.y, place.w, place.h
    colour = COLOURS[card.zone]
    stops = card.icon is Icon.STOP
    drawing.box(x, y, w, h, colour if stops else PAPER)
    if not stops:
        drawing.frame(x, y, w, h, tint(colour, 0.55))
    grow = (h - CARD_H) / 2
    size = ICON_SIZE + grow * 0.9
    _emblem(drawing, card, x + 2.2, y + 1.6 + grow * 0.3, size, colour, stops=stops)
    left = x + TEXT_LEFT + grow * 0.9
    locked = card.verb in OWNER_VERBS
    if locked:
        drawing.icon(x + w - LOCK_SIZE - 1.2, y + 1.2, LOCK_SIZE, Icon.LOCK, colour)
    room = w - (left - x) - (LOCK_SIZE + 2 if locked else 1.5)
    _names(drawing, card, left, y + grow * 0.75, room, language, PAPER if stops else INK)
    code = card_code(card.number)
    wide = len(code128(code)) * MODULE + 2 * QUIET
    top, bars_h = y + BARS_DOWN + 2 * grow - grow * 0.45, BARS_H + grow * 0.3
    if stops:
        drawing.box(x + (w - wide) / 2 - 1, top - 0.8, wide + 2, bars_h + 3.6, PAPER, round_to=1)
    drawing.bars(x + (w - wide) / 2, top, bars_h, code)
    drawing.text(x + w / 2, top + bars_h + 2.4, code, pt=CODE_PT, colour=FAINT, centre=True)


def _emblem(
    drawing: Drawing, card: Card, x: float, y: float, size: float, colour: tuple[int, int, int], *, stops: bool
) -> None:
    """The icon in white on the zone's colour; a digit as itself."""
    ground, ink = (PAPER, colour) if stops else (colour, PAPER)
    drawing.box(x, y, size, size, ground, round_to=size * 0.28)
    if card.icon is Icon.DIGIT:
        pt = 21 * size / ICON_SIZE
        drawing.text(x + size / 2, y + size * 0.72, card.name, pt=pt, colour=ink, bold=True, width=size * 0.86,
                     centre=True)  # fmt: skip
    else:
        inset = size * 0.17
        drawing.icon(x + inset, y + inset, size - 2 * inset, card.icon, ink)


def _names(
    drawing: Drawing, card: Card, x: float, y: float, width: float, language: str, ink: tuple[int, int, int]
) -> None:
    if language == "zh-CN":
        drawing.text(x, y + 9.2, card.name, pt=NAME_PT + 2, colour=ink, bold=True, width=width)
    elif language == "en":
        drawing.text(x, y + 8.8, card.name_en, pt=NAME_PT - 1, colour=ink, bold=True, width=width)
    else:
        drawing.text(x, y + 7.2, card.name, pt=NAME_PT, colour=ink, bold=True, width=width)
        drawing.text(x, y + 11.8, card.name_en, pt=NAME_EN_PT, colour=ink, width=width)


def _header(drawing: Drawing, words: SheetWords, page: str) -> None:
    right = PAGE_W - MARGIN
    drawing.text(MARGIN, MARGIN + 6.6, words.shop, pt=17, bold=True, width=120)
    drawing.right(right, MARGIN + 4, words.of("命令卡", "Command cards"), pt=12)
    made = f"{words.store}  ·  {words.version}  ·  {words.made_at:%Y-%m-%d}  ·  {page}"
    drawing.right(right, MARGIN + 9, made, pt=8, colour=FAINT)
    advice = words.of("哑光塑封，平放，弯了难扫", "Laminate matt, keep it flat: bent bars are hard to read")
    drawing.text(MARGIN, PAGE_H - 4, advice, pt=7, colour=FAINT)


def _first_sale(drawing: Drawing, words: SheetWords, y: float) -> None:
    """Three steps below the strip."""
    w, gap, h = 86.0, 12.5, 46.0
    drawing.text(MARGIN, y, words.of("第一单，三步", "The first sale in three steps"), pt=15, bold=True)
    for at, (icon, chinese, english) in enumerate(STEPS):
        x, top = MARGIN + at * (w + gap), y + 5
        drawing.box(x, top, w, h, tint(STRIP, 0.07), round_to=4)
        drawing.box(x + 6, top + 8, 30, 30, COLOURS[Zone.GREEN], round_to=8)
        drawing.icon(x + 11, top + 13, 20, icon, PAPER)
        drawing.text(x + 41, top + 15, str(at + 1), pt=22, colour=COLOURS[Zone.GREEN], bold=True)
        _step_words(drawing, words.language, x + 41, top, chinese, english, w - 44)
        if at + 1 < len(STEPS):
            middle = top + h / 2
            drawing.arrow(x + w + 3, middle, x + w + gap - 3, FAINT)
    for line, text in enumerate(CHANGE if words.language == "both" else (words.of(*CHANGE),)):
        drawing.text(MARGIN, y + 5 + h + 7 + 5 * line, text, pt=10 - 1.5 * line, colour=FAINT)


def _step_words(
    drawing: Drawing, language: str, x: float, top: float, chinese: str, english: str, width: float
) -> None:
    if language != "en":
        drawing.text(x, top + 26, chinese, pt=17, bold=True, width=width)
    if language != "zh-CN":
        pt, down = (13, 26) if language == "en" else (9.5, 33)
        drawing.text(x, top + down, english, pt=pt, width=width)
