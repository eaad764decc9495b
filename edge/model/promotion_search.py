"""Which pieces take part in which promotion: all ways at once, piece by piece from the dearest to the cheapest.

Two laws. A piece is alone, or in one slot of one deal. The pieces in a slot are grouped in the order in which they
come, so that all that matters of the pieces so far is how full each deal's open groups are: that is a *state*, and of
the ways that lead to the same state

    LEAST  keeps the cheapest                                 what is to be paid if nothing depends on the sum
    EVERY  keeps every sum there is, as the bits of a number  what can be paid, for a bill that wants "from ¥50"

A way counts if all groups are complete at the end. It is exact; only where there are more states than `widest`, LEAST
goes on with the cheapest of them, and always with the one in which no group is open: so there is always an answer,
never above the price without promotions, the same whatever the order of scans. EVERY gives up there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import NamedTuple

MAX_STATES = 200
"""Kept after each piece. Three deals of three pieces on the same goods have 27; with so many 40 pieces take 0.1 s."""
NOTHING_PAID = 1
"""Where EVERY begins: the one sum is 0."""


class Choice(NamedTuple):
    """One slot that a piece fits; `pays[i]` is what it costs as the i-th piece of a group."""

    deal: int
    slot: int
    pays: tuple[int, ...]


class Piece(NamedTuple):
    """`alone`: what it can cost outside of groups, cheapest first, each with the promotion that makes it so or -1."""

    gross: int
    alone: tuple[tuple[int, int], ...]
    choices: tuple[Choice, ...] = ()


class Deal(NamedTuple):
    """`counts`: pieces of each slot. `most`: groups there can be. `floor`: the price of a SHAREd deal, else 0."""

    id: int
    counts: tuple[int, ...]
    most: int
    counted: bool
    floor: int


class Move(NamedTuple):
    """What a piece does: `choice` None is alone, under promotion `by`, or under none: -1."""

    pays: int
    choice: Choice | None = None
    by: int = -1


class TooWide(Exception):
    """EVERY met more states than it may keep. Never leaves the model."""


Place = tuple[int, tuple[tuple[int, ...], ...]]
"""Of one deal: groups so far (0: nobody counts), and of each slot the prices in open groups (0: they do not matter)."""
State = tuple[Place, ...]
_Step = tuple[int, int]


@dataclass(slots=True)
class Search:
    """`run` once, then `kept`, then `moves`. `joint`: EVERY, else LEAST. `begin`: what the pieces before cost.

    A state is known by its number: the same few return with every piece.
    """

    pieces: Sequence[Piece]
    deals: tuple[Deal, ...]
    joint: bool
    widest: int
    begin: int
    _states: list[State] = field(default_factory=list)
    _numbers: dict[State, int] = field(default_factory=dict)
    _steps: dict[tuple[int, int, int, int], _Step] = field(default_factory=dict)
    _layers: list[dict[int, int]] = field(default_factory=list)
    _ways: list[dict[int, list[tuple[int, Move]]]] = field(default_factory=list)
    """Of each piece: where from and how a state is reached; of LEAST the cheapest way alone."""

    def run(self) -> None:
        """Raises TooWide."""
        empty = self._number(tuple((0, ((),) * len(deal.counts)) for deal in self.deals))
        self._layers = [{empty: self.begin}]
        left = Counter((choice.deal, choice.slot) for piece in self.pieces for choice in piece.choices)
        for piece in self.pieces:
            left.subtract((choice.deal, choice.slot) for choice in piece.choices)
            after = self._spread(self._layers[-1], piece)
            self._layers.append(self._narrowed(self._hopeful(after, piece, left), empty))

    @property
    def kept(self) -> int:
        """Of all ways in which every group is complete."""
        closed = [kept for state, kept in self._layers[-1].items() if _is_closed(self._states[state])]
        return reduce(or_, closed) if self.joint else min(closed)

    def moves(self, cost: int) -> tuple[list[Move], int]:
        """What each piece does on a way that costs so much, and what the pieces before it then cost."""
        last = self._layers[-1].items()
        state = next(state for state, kept in last if _is_closed(self._states[state]) and self._has(kept, cost))
        moves = []
        for layer, ways in zip(reversed(self._layers[:-1]), reversed(self._ways), strict=True):
            before, move = next(way for way in ways[state] if self._has(layer[way[0]], cost - way[1].pays))
            moves.append(move)
            state, cost = before, cost - move.pays
        return moves[::-1], cost

    def _has(self, kept: int, cost: int) -> bool:
        return cost >= 0 and bool(kept >> cost & 1) if self.joint else kept == cost

    def _spread(self, layer: Mapping[int, int], piece: Piece) -> dict[int, int]:
        """The piece everywhere it may be, in each state. The loop that all the time goes into."""
        joint, after = self.joint, dict[int, int]()
        ways: dict[int, list[tuple[int, Move]]] = {}
        alone = [Move(pays, by=by) for pays, by in piece.alone]
        choices = [(choice, [Move(pays, choice) for pays in choice.pays]) for choice in piece.choices]
        for state, kept in layer.items():
            options = [(state, move) for move in alone]
            for choice, moves in choices:
                new, position = self._step(state, choice, piece.gross)
                if new >= 0:
                    options.append((new, moves[position]))
            for new, move in options:
                cost = kept << move.pays if joint else kept + move.pays
                if new not in after:
                    after[new], ways[new] = cost, [(state, move)]
                elif joint:
                    after[new] |= cost
                    ways[new].append((state, move))
                elif cost < after[new]:
                    after[new], ways[new] = cost, [(state, move)]
        self._ways.append(ways)
        return after

    def _step(self, state: int, choice: Choice, gross: int) -> _Step:
        """The state with one more piece in a slot, and as which of its group; -1: it may not."""
        deal = self.deals[choice.deal]
        asked = self.joint and deal.floor > 0
        key = (state, choice.deal, choice.slot, gross if asked else 0)
        step = self._steps.get(key)
        if step is None:
            places = self._states[state]
            place = places[choice.deal]
            position = len(place[1][choice.slot]) % deal.counts[choice.slot]
            new = _filled(deal, place, choice.slot, price=key[3], floor=deal.floor if asked else 0)
            number = -1
            if new is not None:
                number = self._number((*places[: choice.deal], new, *places[choice.deal + 1 :]))
            step = self._steps[key] = number, position
        return step

    def _number(self, state: State) -> int:
        number = self._numbers.setdefault(state, len(self._states))
        if number == len(self._states):
            self._states.append(state)
        return number

    def _hopeful(self, after: dict[int, int], piece: Piece, left: Mapping[tuple[int, int], int]) -> dict[int, int]:
        """Without the states whose open groups the pieces that are `left` cannot complete."""
        for number in {choice.deal for choice in piece.choices}:
            deal = self.deals[number]
            room = [left[number, slot] for slot in range(len(deal.counts))]
            if min(room) < max(deal.counts) * deal.most:
                places = {self._states[state][number] for state in after}
                lost = {place for place in places if not _can_close(deal, place, room)}
                if lost:
                    after = {state: kept for state, kept in after.items() if self._states[state][number] not in lost}
        return after

    def _narrowed(self, after: dict[int, int], empty: int) -> dict[int, int]:
        if len(after) <= self.widest:
            return after
        if self.joint:
            raise TooWide
        cheapest = sorted(after, key=lambda state: (after[state], self._states[state]))[: self.widest]
        return {state: after[state] for state in (empty, *cheapest)}


def least(pieces: tuple[Piece, ...], deals: tuple[Deal, ...]) -> tuple[Move, ...]:
    """The cheapest way for these pieces, sorted from the dearest down."""
    search = Search(pieces, deals, joint=False, widest=MAX_STATES, begin=0)
    search.run()
    return tuple(search.moves(search.kept)[0])


def _filled(deal: Deal, place: Place, slot: int, *, price: int, floor: int) -> Place | None:
    groups, slots = place
    filled = (*slots[slot], price)
    if groups + -(-len(filled) // deal.counts[slot]) > deal.most:
        return None
    slots = (*slots[:slot], filled, *slots[slot + 1 :])
    if any(len(held) < count for held, count in zip(slots, deal.counts, strict=True)):
        return groups, slots
    group = sum(sum(held[:count]) for held, count in zip(slots, deal.counts, strict=True))
    if group < floor:
        return None
    rest = tuple(held[count:] for held, count in zip(slots, deal.counts, strict=True))
    return groups + deal.counted, rest


def _can_close(deal: Deal, place: Place, room: Sequence[int]) -> bool:
    held = [len(slot) for slot in place[1]]
    groups = max(-(-filled // count) for filled, count in zip(held, deal.counts, strict=True))
    return all(groups * count - filled <= more for filled, count, more in zip(held, deal.counts, room, strict=True))


def _is_closed(state: State) -> bool:
    return not any(any(slots) for _, slots in state)
