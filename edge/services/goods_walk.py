"""A walk along all goods that sell, some a turn: whoever scans meanwhile is served between two of its turns.

What a walk has found lies in memory alone: a power cut ends it, and the card is scanned again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge.bus import Bus
from edge.ports import Transaction

SKUS_A_TURN = 50
"""Some milliseconds: less than a person notices between two scans."""
MAX_SKUS = 20_000
"""More goods than any of these shops has."""


@dataclass(frozen=True, slots=True)
class Walk:
    """`look` at each sku, then `end`."""

    look: Callable[[str, Transaction], None]
    end: Callable[[Transaction], None]


@dataclass(frozen=True, slots=True)
class WalkOn:
    """The next turn of a walk, behind the sku `after`; so many it has `seen`."""

    walk: Walk
    after: str = ""
    seen: int = 0


class GoodsWalks:
    """`next_sku` behind another one; None: it was the last."""

    def __init__(self, bus: Bus, next_sku: Callable[[str, Transaction], str | None]) -> None:
        self._bus = bus
        self._next_sku = next_sku
        bus.on(WalkOn, self._turn)

    def begin(self, walk: Walk, tx: Transaction) -> None:
        """Once what asked for it is committed."""
        tx.after_commit(WalkOn(walk))

    def _turn(self, turn: WalkOn, tx: Transaction) -> None:
        after = turn.after
        for _ in range(SKUS_A_TURN):
            sku = self._next_sku(after, tx)
            if sku is None or turn.seen >= MAX_SKUS:
                turn.walk.end(tx)
                return
            turn.walk.look(sku, tx)
            after = sku
        # Posted, and not an effect: it queues behind what was scanned meanwhile.
        self._bus.post(WalkOn(turn.walk, after, turn.seen + SKUS_A_TURN))
