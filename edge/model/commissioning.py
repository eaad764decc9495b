"""Setting up one lock board: what its contacts mean, found out by opening doors one at a time, never guessed.

A technician shuts all doors, opens one, shuts it, and does the same with a second one, which must fit what the first
one said. All is derived from the contacts alone (devices 8.2: the bit of an open door, and the order of the bytes).

    SHUT_ALL ─► OPEN_FIRST ─► SHUT_FIRST ─► OPEN_SECOND ─► SHUT_SECOND ─► DONE
       ▲             │              │             │              │
       └─────────────┴── contradicted ────────────┴──────────────┘      nothing changed: the same step again
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum

from edge.errors import IllegalMove, ModelError
from edge.model.door import Contacts, Door, Wiring


class Step(StrEnum):
    SHUT_ALL = "shut_all"
    OPEN_FIRST = "open_first"
    SHUT_FIRST = "shut_first"
    OPEN_SECOND = "open_second"
    SHUT_SECOND = "shut_second"
    DONE = "done"


class Verdict(Enum):
    FITS = "fits"
    NOTHING = "nothing changed"
    CONTRADICTED = "contradicted"


_S, _V = Step, Verdict
STEPS: dict[tuple[Step, Verdict], Step] = {
    (_S.SHUT_ALL, _V.FITS): _S.OPEN_FIRST,
    (_S.SHUT_ALL, _V.CONTRADICTED): _S.SHUT_ALL,
    (_S.OPEN_FIRST, _V.FITS): _S.SHUT_FIRST,
    (_S.OPEN_FIRST, _V.NOTHING): _S.OPEN_FIRST,
    (_S.OPEN_FIRST, _V.CONTRADICTED): _S.SHUT_ALL,
    (_S.SHUT_FIRST, _V.FITS): _S.OPEN_SECOND,
    (_S.SHUT_FIRST, _V.NOTHING): _S.SHUT_FIRST,
    (_S.SHUT_FIRST, _V.CONTRADICTED): _S.SHUT_ALL,
    (_S.OPEN_SECOND, _V.FITS): _S.SHUT_SECOND,
    (_S.OPEN_SECOND, _V.NOTHING): _S.OPEN_SECOND,
    (_S.OPEN_SECOND, _V.CONTRADICTED): _S.SHUT_ALL,
    (_S.SHUT_SECOND, _V.FITS): _S.DONE,
    (_S.SHUT_SECOND, _V.NOTHING): _S.SHUT_SECOND,
    (_S.SHUT_SECOND, _V.CONTRADICTED): _S.SHUT_ALL,
}
"""Everything else is an IllegalMove."""


class Trouble(StrEnum):
    """Why the contacts do not fit. The words for it are the command line's."""

    TOO_SHORT = "too_short"
    """The board tells of fewer locks than the map has on it."""
    LENGTH_CHANGED = "length_changed"
    NOT_ALL_SHUT = "not_all_shut"
    """By what is known of its contacts, these doors are open."""
    NOTHING_CHANGED = "nothing_changed"
    STILL_OPEN = "still_open"
    MANY_CHANGED = "many_changed"
    WRONG_DOOR = "wrong_door"
    WRONG_WAY = "wrong_way"
    """The protocol, or the first door, says that a bit means the reverse."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`locks` are those that the contacts speak of: numbers by the low order of bytes where it is not known yet."""

    trouble: Trouble
    locks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Commissioning:
    """One board. `wiring` is what is known so far: of the protocol, then of the doors. Build with `commissioning`."""

    locks: tuple[int, ...]
    protocol: Wiring
    step: Step = Step.SHUT_ALL
    wiring: Wiring = field(default_factory=Wiring)
    shut: Contacts | None = None

    @property
    def lock(self) -> int | None:
        """Whose door is to be opened or shut now; None: all of them."""
        match self.step:
            case Step.OPEN_FIRST | Step.SHUT_FIRST:
                return self.locks[0]
            case Step.OPEN_SECOND | Step.SHUT_SECOND:
                return self.locks[-1]
        return None

    @property
    def found(self) -> Wiring:
        """When it is done. Where both orders of bytes fit each lock that was tried, they fit all between them."""
        if self.step is not Step.DONE:
            raise IllegalMove("this board is not set up yet", where="commissioning", got=self.step.value)
        return replace(self.wiring, high_first=bool(self.wiring.high_first))

    def looked(self, contacts: Contacts) -> tuple[Commissioning, Finding | None]:
        """After the technician has said that the step is done: the next step, and what does not fit.

        A contradiction forgets all that the doors have said. Raises IllegalMove when it is done.
        """
        if self.step is Step.DONE:
            raise IllegalMove("this board is set up", where="commissioning")
        judged, finding = self._judge(contacts)
        verdict = Verdict.FITS
        if finding is not None:
            verdict = _NOT_YET.get(finding.trouble, Verdict.CONTRADICTED)
        step = STEPS[self.step, verdict]
        if verdict is Verdict.CONTRADICTED:
            return replace(self, step=step, wiring=self.protocol, shut=None), finding
        return replace(judged, step=step), finding

    def _judge(self, contacts: Contacts) -> tuple[Commissioning, Finding | None]:
        length = 8 * len(contacts.locks)
        if beyond := tuple(lock for lock in self.locks if lock > length):
            return self, Finding(Trouble.TOO_SHORT, beyond)
        if self.shut is not None and len(self.shut.locks) != len(contacts.locks):
            return self, Finding(Trouble.LENGTH_CHANGED)
        match self.step:
            case Step.SHUT_ALL:
                return replace(self, shut=contacts), self._are_shut(contacts, self.wiring)
            case Step.OPEN_FIRST | Step.OPEN_SECOND:
                return self._opened(contacts)
        return self, self._is_shut_again(contacts)

    def _are_shut(self, contacts: Contacts, wiring: Wiring) -> Finding | None:
        open_ones = tuple(lock for lock in self.locks if wiring.door(contacts, lock) is Door.OPEN)
        return Finding(Trouble.NOT_ALL_SHUT, open_ones) if open_ones else None

    def _opened(self, contacts: Contacts) -> tuple[Commissioning, Finding | None]:
        assert self.shut is not None and self.lock is not None
        changed = _changed(self.shut, contacts)
        if not changed:
            return self, Finding(Trouble.NOTHING_CHANGED, (self.lock,))
        if len(changed) > 1:
            return self, Finding(Trouble.MANY_CHANGED, self._named(changed, contacts))
        octet, bit = changed[0]
        orders = [
            high for high in self._orders(contacts) if _lock_at(octet, bit, contacts, high_first=high) == self.lock
        ]
        if not orders:
            return self, Finding(Trouble.WRONG_DOOR, self._named(changed, contacts))
        told = contacts.locks[octet] >> bit & 1
        if self.wiring.open_bit is not None and told != self.wiring.open_bit:
            return self, Finding(Trouble.WRONG_WAY, (self.lock,))
        # Where both orders fit (one byte, or the middle one of several) the next door decides; alone it makes no odds.
        known = Wiring(told, orders[0] if len(orders) == 1 or len(contacts.locks) == 1 else None)
        found = replace(self, wiring=known)
        return found, found._others_are_shut()

    def _others_are_shut(self) -> Finding | None:
        """Now that a bit has a meaning, all doors must have been shut at the beginning."""
        assert self.shut is not None
        return self._are_shut(self.shut, self.wiring)

    def _is_shut_again(self, contacts: Contacts) -> Finding | None:
        assert self.shut is not None and self.lock is not None
        changed = _changed(self.shut, contacts)
        if not changed:
            return None
        named = self._named(changed, contacts)
        return Finding(Trouble.STILL_OPEN if named == (self.lock,) else Trouble.MANY_CHANGED, named)

    def _orders(self, contacts: Contacts) -> list[bool]:
        """Of bytes that are still possible."""
        if self.wiring.high_first is not None and len(contacts.locks) > 1:
            return [self.wiring.high_first]
        return [False, True]

    def _named(self, changed: Sequence[tuple[int, int]], contacts: Contacts) -> tuple[int, ...]:
        high_first = bool(self.wiring.high_first)
        return tuple(sorted(_lock_at(octet, bit, contacts, high_first=high_first) for octet, bit in changed))


_NOT_YET = {
    Trouble.NOTHING_CHANGED: Verdict.NOTHING,
    Trouble.STILL_OPEN: Verdict.NOTHING,
}
"""What a person may just not have done yet."""


def commissioning(locks: Sequence[int], protocol: Wiring) -> Commissioning:
    """Of a board with these locks on the map: the lowest is tried and the highest. One lock is tried twice.

    Raises ModelError for a board without any.
    """
    if not locks:
        raise ModelError("no cell hangs on this board", cure="Make its cells first.")
    return Commissioning(tuple(sorted(set(locks))), protocol, wiring=protocol)


def _changed(before: Contacts, after: Contacts) -> list[tuple[int, int]]:
    """(byte, bit) of each that differs."""
    pairs = enumerate(zip(before.locks, after.locks, strict=True))
    return [(octet, bit) for octet, (old, new) in pairs for bit in range(8) if (old ^ new) >> bit & 1]


def _lock_at(octet: int, bit: int, contacts: Contacts, *, high_first: bool) -> int:
    place = len(contacts.locks) - 1 - octet if high_first else octet
    return 8 * place + bit + 1
