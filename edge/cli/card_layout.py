"""Where the cards stand on their pages, in millimetres: A4 landscape, a strip of eight first, then a page a zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge.model.card import Card, Zone

PAGE_W, PAGE_H = 297.0, 210.0
MARGIN = 7.0
HEADER_H, FOOTER_H = 13.0, 6.0
TAB_W = 9.0
"""The coloured edge of a zone, with its name."""
PAD = 2.5
COLUMNS = 4
MAX_ROWS = 6
CARD_W = (PAGE_W - 2 * MARGIN - TAB_W - (COLUMNS + 1) * PAD) / COLUMNS
CARD_H = 26.0
STRIP_H = 46.0

MODULE = 0.40
"""X: 0.38 mm at least, for cheap scanners and worn foil."""
QUIET = 10 * MODULE
BARS_H = 8.4
BARS_DOWN = 14.0
"""From a card's upper edge to its bars."""

TOGETHER = ((Zone.GREEN,), (Zone.BLUE,), (Zone.ORANGE, Zone.RED), (Zone.KEYS,))
"""Zones that share a page, in their order. OWNER is on none."""


@dataclass(frozen=True, slots=True)
class Place:
    """One card; `h` is CARD_H, or STRIP_H on the strip."""

    card: Card
    x: float
    y: float
    w: float = CARD_W
    h: float = CARD_H


@dataclass(frozen=True, slots=True)
class Band:
    """The coloured ground of a zone; None: the strip."""

    zone: Zone | None
    x: float
    y: float
    w: float
    h: float
    places: tuple[Place, ...]


Page = Sequence[Band]


def pages_of(cards: Mapping[int, Card]) -> list[Page]:
    """The strip, then the zones, in the order of the file; as many pages as they need."""
    known = list(cards.values())
    found: list[Page] = [[_strip([card for card in known if card.strip and card.zone is not Zone.OWNER])]]
    for zones in TOGETHER:
        found += _zone_pages([(zone, [card for card in known if card.zone is zone]) for zone in zones])
    return found


def owner_band(cards: Mapping[int, Card], y: float) -> Band:
    """The owner's commands, for the paper of the owner's card."""
    rows = _rows([card for card in cards.values() if card.zone is Zone.OWNER])
    return _band(Zone.OWNER, rows, y)


def _strip(cards: Sequence[Card]) -> Band:
    y = MARGIN + HEADER_H + 4
    rows = [list(cards[at : at + COLUMNS]) for at in range(0, len(cards), COLUMNS)]
    return _band(None, rows, y, STRIP_H)


def _zone_pages(zones: Sequence[tuple[Zone, Sequence[Card]]]) -> Iterator[Page]:
    """Rows of each zone, one below the other; a page that is full begins the next."""
    bands: list[Band] = []
    rows_left, y = MAX_ROWS, MARGIN + HEADER_H
    for zone, cards in zones:
        rest = _rows(cards)
        while rest:
            if rows_left == 0:
                yield bands
                bands, rows_left, y = [], MAX_ROWS, MARGIN + HEADER_H
            now, rest = rest[:rows_left], rest[rows_left:]
            bands.append(_band(zone, now, y))
            rows_left, y = rows_left - len(now), y + bands[-1].h + PAD
    if bands:
        yield bands


def _rows(cards: Sequence[Card]) -> list[list[Card]]:
    """Rows of COLUMNS; a card that asks for a new row begins one."""
    rows: list[list[Card]] = []
    for card in cards:
        if not rows or card.new_row or len(rows[-1]) == COLUMNS:
            rows.append([])
        rows[-1].append(card)
    return rows


def _band(zone: Zone | None, rows: Sequence[Sequence[Card]], y: float, card_h: float = CARD_H) -> Band:
    count = max(len(rows), 1)
    h = count * card_h + (count + 1) * PAD
    return Band(zone, MARGIN, y, PAGE_W - 2 * MARGIN, h, tuple(_places(rows, y, card_h)))


def _places(rows: Sequence[Sequence[Card]], y: float, h: float) -> Iterator[Place]:
    for row, cards in enumerate(rows):
        for column, card in enumerate(cards):
            yield Place(card, MARGIN + TAB_W + PAD + column * (CARD_W + PAD), y + PAD + row * (h + PAD), CARD_W, h)
