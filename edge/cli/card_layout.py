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
    """The strip, then the zones; as many pages as they need."""
    known = [cards[number] for number in sorted(cards)]
    found: list[Page] = [[_strip([card for card in known if card.strip and card.zone is not Zone.OWNER])]]
    for zones in TOGETHER:
        found += _zone_pages([(zone, [card for card in known if card.zone is zone]) for zone in zones])
    return found


def owner_band(cards: Mapping[int, Card], y: float) -> Band:
    """The owner's commands, for the paper of the owner's card."""
    owners = [cards[number] for number in sorted(cards) if cards[number].zone is Zone.OWNER]
    h = _height(-(-len(owners) // COLUMNS), CARD_H)
    return Band(Zone.OWNER, MARGIN, y, PAGE_W - 2 * MARGIN, h, tuple(_places(owners, y, CARD_W, CARD_H)))


def _strip(cards: Sequence[Card]) -> Band:
    y = MARGIN + HEADER_H + 4
    places = tuple(_places(cards, y, CARD_W, STRIP_H))
    rows = -(-len(cards) // COLUMNS)
    return Band(None, MARGIN, y, PAGE_W - 2 * MARGIN, _height(max(rows, 1), STRIP_H), places)


def _zone_pages(zones: Sequence[tuple[Zone, Sequence[Card]]]) -> Iterator[Page]:
    """Rows of each zone, one below the other; a page that is full begins the next."""
    bands: list[Band] = []
    rows_left, y = MAX_ROWS, MARGIN + HEADER_H
    for zone, cards in zones:
        rest = list(cards)
        while rest:
            if rows_left == 0:
                yield bands
                bands, rows_left, y = [], MAX_ROWS, MARGIN + HEADER_H
            now, rest = rest[: rows_left * COLUMNS], rest[rows_left * COLUMNS :]
            rows = -(-len(now) // COLUMNS)
            h = _height(rows, CARD_H)
            bands.append(Band(zone, MARGIN, y, PAGE_W - 2 * MARGIN, h, tuple(_places(now, y, CARD_W, CARD_H))))
            rows_left, y = rows_left - rows, y + h + PAD
    if bands:
        yield bands


def _height(rows: int, card_h: float) -> float:
    return rows * card_h + (rows + 1) * PAD


def _places(cards: Sequence[Card], y: float, w: float, h: float) -> Iterator[Place]:
    for at, card in enumerate(cards):
        row, column = divmod(at, COLUMNS)
        yield Place(card, MARGIN + TAB_W + PAD + column * (w + PAD), y + PAD + row * (h + PAD), w, h)
