"""A pulse for one door, from the wish to what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.ledger_rows import EffectState


@dataclass(frozen=True, slots=True)
class DoorPulse:
    """`why` is deposit, pickup, refuse, take_back, owner, remote or test; `parcel` what it is opened for, `by` whose
    badge or command. `wanted_mono`: when, in monotonic seconds of the boot in which it was wanted.

    DONE: its door was seen open. FAILED: it stayed shut. UNKNOWN: nobody can say. EXPIRED: it was never sent.
    """

    id: str
    cell: str
    why: str
    state: EffectState
    parcel: str = ""
    by: str = ""
    reason: str = ""
    wanted_mono: float = 0.0
