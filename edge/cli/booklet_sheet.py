"""The booklet on paper: a page of goods to order, each with its barcode, and the two cards that it takes (row 75)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge.cli.card_drawing import COLOURS, FAINT, INK, Drawing, tint
from edge.cli.card_layout import CARD_H, CARD_W, HEADER_H, MARGIN, PAD, PAGE_H, PAGE_W, Place
from edge.cli.card_sheet import SheetWords, draw_card
from edge.model.booklet import Booklet, BookletItem
from edge.model.card import Card, Zone
from edge.model.counter import Verb
from edge.model.money import yuan
from edge.paper.barcode import EAN13, bar_symbol

COLUMNS, ROWS = 4, 4
ITEM_W = (PAGE_W - 2 * MARGIN - (COLUMNS - 1) * PAD) / COLUMNS
TOP = MARGIN + HEADER_H
ITEM_H = (PAGE_H - TOP - CARD_H - 2 * PAD - MARGIN - ROWS * PAD) / ROWS
EAN_MODULE = 0.40
"""A fifth above the least that a cash desk's scanner must read; 95 modules and their quiet zones fit an item."""
EAN_QUIET = 11 * EAN_MODULE
CARDS = (Verb.ORDER, Verb.COLLECT_ORDER)


def draw_booklet(booklet: Booklet, cards: Mapping[int, Card], words: SheetWords) -> Drawing:
    """In the order of the file, sixteen to a page."""
    drawing = Drawing(words.made_at, words.of("代下单手册", "Goods to order"))
    size = COLUMNS * ROWS
    pages = [booklet.items[at : at + size] for at in range(0, len(booklet.items), size)]
    needed = [card for card in cards.values() if card.verb in CARDS]
    for number, items in enumerate(pages, 1):
        drawing.page()
        _header(drawing, words, f"{number}/{len(pages)}")
        for at, item in enumerate(items):
            row, column = divmod(at, COLUMNS)
            _item(drawing, item, MARGIN + column * (ITEM_W + PAD), TOP + row * (ITEM_H + PAD), words)
        _steps(drawing, needed, words)
    return drawing


def _header(drawing: Drawing, words: SheetWords, page: str) -> None:
    drawing.text(MARGIN, MARGIN + 6.6, words.shop, pt=17, bold=True, width=120)
    drawing.right(PAGE_W - MARGIN, MARGIN + 4, words.of("代下单手册", "Goods to order"), pt=12)
    made = f"{words.store}  ·  {words.version}  ·  {words.made_at:%Y-%m-%d}  ·  {page}"
    drawing.right(PAGE_W - MARGIN, MARGIN + 9, made, pt=8, colour=FAINT)


def _item(drawing: Drawing, item: BookletItem, x: float, y: float, words: SheetWords) -> None:
    drawing.frame(x, y, ITEM_W, ITEM_H, tint(COLOURS[Zone.BLUE], 0.55))
    name, other = item.named("en" if words.language == "en" else "zh-CN"), item.name_en
    drawing.text(x + 3, y + 7, name, pt=13, bold=True, width=ITEM_W - 6)
    if words.language == "both" and other:
        drawing.text(x + 3, y + 11.2, other, pt=8, colour=FAINT, width=ITEM_W - 6)
    drawing.text(x + 3, y + 16.8, f"￥{yuan(item.price)}", pt=14, colour=COLOURS[Zone.RED], bold=True, width=32)
    drawing.right(x + ITEM_W - 3, y + 16.8, _comes(item.days, words), pt=8, colour=INK)
    modules = bar_symbol(EAN13, item.barcode.encode()).bars
    left = x + (ITEM_W - len(modules) * EAN_MODULE) / 2
    drawing.modules(left - EAN_QUIET, y + ITEM_H - 16.5, 12, modules, module=EAN_MODULE, quiet=EAN_QUIET)
    drawing.text(x + ITEM_W / 2, y + ITEM_H - 1.6, item.barcode, pt=8, colour=INK, centre=True)


def _comes(days: int, words: SheetWords) -> str:
    if days == 0:
        return words.of("当天到", "today")
    return words.of(f"约{days}天到", f"{days} day{'s' if days > 1 else ''}")


def _steps(drawing: Drawing, cards: Sequence[Card], words: SheetWords) -> None:
    """How it is ordered, beside the cards that are scanned for it."""
    y = PAGE_H - MARGIN - CARD_H
    drawing.box(MARGIN, y - PAD, PAGE_W - 2 * MARGIN, CARD_H + 2 * PAD, tint(COLOURS[Zone.BLUE], 0.16))
    x = MARGIN + PAD
    for card in cards:
        draw_card(drawing, Place(card, x, y, CARD_W, CARD_H), words.language)
        x += CARD_W + PAD
    told = (
        ("扫代下单，扫商品，输件数，按确认", "Scan the card, the goods, key how many, Enter"),
        ("现在付：再按确认；到货付：扫到店自提", "Pay now: Enter. On arrival: Collect an order"),
        ("价钱以单子为准，取货凭单", "The slip has the price, and fetches the goods"),
    )
    for at, (chinese, english) in enumerate(told):
        line = y + 6 + at * 8.5
        if words.language != "en":
            drawing.text(x + 3, line, chinese, pt=11, bold=True, width=PAGE_W - MARGIN - x - 6)
        if words.language != "zh-CN":
            down, pt = (3.6, 7.5) if words.language == "both" else (0.0, 10.5)
            drawing.text(x + 3, line + down, english, pt=pt, width=PAGE_W - MARGIN - x - 6)
