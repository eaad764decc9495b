"""The pieces of a sale that share promotions, in parts that have nothing to do with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from edge.model.money import Fen, Milli
from edge.model.promotion import CutKind, Promotion
from edge.model.promotion_search import Choice, Deal, Move, Piece
from edge.model.sale import ONE_PIECE, Line

MAX_PIECES = 1000
"""Of one part, the dearest, can be in deals of several pieces: ten sales of a hundred. The rest pays alone."""

Refs = tuple[tuple[int, int], ...]
"""(promotion, slot) of each place that goods fit."""


class Entry(NamedTuple):
    """A line as promotions see it: where it fits, and its price: of a piece, or of all where it is a `whole`."""

    refs: Refs
    price: Fen
    qty: Milli
    whole: bool


def entry_of(line: Line, refs: Refs) -> Entry:
    """Weighed goods are a whole, which no deal of several pieces takes."""
    whole = line.weighed or line.qty % ONE_PIECE != 0
    return Entry(refs, line.gross if whole else line.price, line.qty, whole)


@dataclass(frozen=True, slots=True)
class Part:
    """`pieces` from the dearest down, and of each the number of its entry; `deals` by promotion."""

    pieces: tuple[Piece, ...]
    lines: tuple[int, ...]
    deals: tuple[Deal, ...] = ()

    @property
    def gross(self) -> int:
        return sum(piece.gross for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Taking:
    """One promotion taken once: `gross` of the pieces in it, by the number of their entry, and what is paid for all."""

    promotion: int
    gross: Mapping[int, int]
    net: int


def _piece(entry: Entry, promotions: Sequence[Promotion]) -> Piece:
    refs, gross, qty, whole = entry
    alone = {gross: -1}
    choices = []
    for number, slot in refs:
        promotion = promotions[number]
        pays = tuple(cut.pays(gross, qty if whole else ONE_PIECE) for cut in promotion.slots[slot].cuts)
        if promotion.alone:
            alone.setdefault(pays[0], number)
        elif not whole or (len(promotion.slots) == 1 and len(pays) == 1):
            choices.append(Choice(number, slot, pays))
    return Piece(gross, tuple(sorted(alone.items())), tuple(choices))


def groups_of(shared: Mapping[int, Sequence[int]]) -> list[tuple[int, ...]]:
    """Keys that may share a promotion of several pieces, together, by the promotions of each: a first, cheap look."""
    roots = Roots()
    for numbers in shared.values():
        if len(numbers) > 1:
            roots.join(numbers)
    groups: dict[int, list[int]] = {}
    for key, numbers in shared.items():
        groups.setdefault(roots.of(numbers[0]) if numbers else -1 - key, []).append(key)
    return [tuple(group) for group in groups.values()]


def parts_of(entries: Sequence[Entry], promotions: Sequence[Promotion]) -> list[Part]:
    """The pieces of these entries, parted by what they share. A promotion that cannot be complete once is left out."""
    pieces = [
        (number, 1 if entry.whole else entry.qty // ONE_PIECE, _piece(entry, promotions))
        for number, entry in enumerate(entries)
    ]
    most = _most(pieces, promotions)
    roots = Roots()
    sorted_out: list[tuple[int, int, Piece]] = []
    for line, count, piece in pieces:
        choices = tuple(choice for choice in piece.choices if choice.deal in most)
        roots.join([choice.deal for choice in choices])
        sorted_out.append((line, count, piece if choices == piece.choices else piece._replace(choices=choices)))
    groups: dict[int, list[tuple[int, int, Piece]]] = defaultdict(list)
    for line, count, piece in sorted_out:
        groups[roots.of(piece.choices[0].deal) if piece.choices else -1].append((line, count, piece))
    return [part for group in groups.values() for part in _parts(group, most, promotions)]


def takings(part: Part, moves: Sequence[Move], *, dissolve: bool) -> Iterator[Taking]:
    """What the moves of a part come to. `dissolve`: a group that saves nothing over its pieces alone is none."""
    held: dict[int, list[list[tuple[int, Piece, int]]]] = {
        number: [[] for _ in deal.counts] for number, deal in enumerate(part.deals)
    }
    for line, piece, move in zip(part.lines, part.pieces, moves, strict=True):
        if move.choice is None:
            yield from _alone(line, piece, (move.pays, move.by))
        else:
            held[move.choice.deal][move.choice.slot].append((line, piece, move.pays))
    for number, deal in enumerate(part.deals):
        slots = held[number]
        for group in range(len(slots[0]) // deal.counts[0]):
            members = [
                member
                for slot, count in zip(slots, deal.counts, strict=True)
                for member in slot[group * count : (group + 1) * count]
            ]
            yield from _group(deal.id, members, dissolve=dissolve)


def _group(promotion: int, members: Sequence[tuple[int, Piece, int]], *, dissolve: bool) -> Iterator[Taking]:
    net = sum(pays for _, _, pays in members)
    if dissolve and net >= sum(piece.alone[0][0] for _, piece, _ in members):
        for line, piece, _ in members:
            yield from _alone(line, piece, piece.alone[0])
        return
    gross: dict[int, int] = defaultdict(int)
    for line, piece, _ in members:
        gross[line] += piece.gross
    yield Taking(promotion, gross, net)


def _alone(line: int, piece: Piece, chosen: tuple[int, int]) -> Iterator[Taking]:
    pays, by = chosen
    if by >= 0:
        yield Taking(by, {line: piece.gross}, pays)


def _parts(
    group: Sequence[tuple[int, int, Piece]], most: Mapping[int, int], promotions: Sequence[Promotion]
) -> Iterator[Part]:
    """Two, if there are more pieces than may be in deals."""
    ordered = sorted(group, key=lambda entry: (-entry[2].gross, entry[2].alone, entry[2].choices, entry[0]))
    every = [(line, piece) for line, count, piece in ordered for _ in range(count)]
    dearest = every if not every[0][1].choices else every[:MAX_PIECES]
    numbers = sorted({choice.deal for _, piece in dearest for choice in piece.choices})
    local = {number: place for place, number in enumerate(numbers)}
    renumbered = {piece: _local(piece, local) for _, piece in dearest}
    deals = tuple(_deal(number, most[number], promotions[number]) for number in numbers)
    yield Part(tuple(renumbered[piece] for _, piece in dearest), tuple(line for line, _ in dearest), deals)
    rest = every[len(dearest) :]
    if rest:
        bare = tuple(piece._replace(choices=()) for _, piece in rest)
        yield Part(bare, tuple(line for line, _ in rest))


def _local(piece: Piece, local: Mapping[int, int]) -> Piece:
    return piece._replace(choices=tuple(choice._replace(deal=local[choice.deal]) for choice in piece.choices))


def _deal(number: int, most: int, promotion: Promotion) -> Deal:
    counts = tuple(len(slot.cuts) for slot in promotion.slots)
    shares = [cut.value for slot in promotion.slots for cut in slot.cuts if cut.kind is CutKind.SHARE]
    counted = promotion.limit is not None and promotion.limit < most
    return Deal(number, counts, promotion.limit if counted and promotion.limit else most, counted, Fen(sum(shares)))


def _most(pieces: Sequence[tuple[int, int, Piece]], promotions: Sequence[Promotion]) -> dict[int, int]:
    """How often each deal of several pieces could be complete if nothing else wanted its pieces; never 0."""
    there: dict[int, list[int]] = {}
    for _, count, piece in pieces:
        for number, slot, _ in piece.choices:
            there.setdefault(number, [0] * len(promotions[number].slots))[slot] += count
    most = {
        number: min(held // len(slot.cuts) for held, slot in zip(slots, promotions[number].slots, strict=True))
        for number, slots in there.items()
    }
    return {number: groups for number, groups in most.items() if groups}


class Roots:
    """Which deals hang together, by way of a piece that fits several."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def of(self, deal: int) -> int:
        while (parent := self._parent.get(deal, deal)) != deal:
            deal = parent
        return deal

    def join(self, deals: Sequence[int]) -> None:
        for deal in deals[1:]:
            self._parent[self.of(deal)] = self.of(deals[0])
