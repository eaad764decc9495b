"""Who has the floor: which sentence is spoken, which one waits, and what cuts it. The one place for that rule (row 97).

    speaking      a scan or key    routine    money      alarm
    routine       cut              cut        cut        cut
    money         goes on          waits      cut        waits
    alarm         goes on          waits      waits      cut

One sentence waits at most, the newest; a routine one does not take the place of money or an alarm. A scan or a key also
drops a routine one that waits: it was about what went before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from edge.messages import Hush, Speech
from edge.model.manner import Weight

_CUTS = {Weight.ROUTINE: frozenset(Weight), Weight.MONEY: {Weight.MONEY}, Weight.ALARM: {Weight.ALARM}}


@dataclass(frozen=True, slots=True)
class Floor:
    """Each move returns the floor after it; who speaks is another object where the sentence before it was cut."""

    speaking: Speech | None = None
    waiting: Speech | None = None

    def asked(self, newer: Speech) -> Floor:
        """`newer` wants to be spoken."""
        if self.speaking is None or newer.weight in _CUTS[self.speaking.weight]:
            return replace(self, speaking=newer)
        if self.waiting is None or gives_way(self.waiting, newer):
            return replace(self, waiting=newer)
        return self

    def hushed(self) -> Floor:
        """A scan or a key came."""
        waiting = None if _is_routine(self.waiting) else self.waiting
        return Floor(waiting, None) if _is_routine(self.speaking) else replace(self, waiting=waiting)

    def finished(self) -> Floor:
        """The sentence was spoken to its end."""
        return Floor(self.waiting, None)


def gives_way(older: Speech | Hush, newer: Speech | Hush) -> bool:
    """Whether `older`, which waits, need not be heard any more once `newer` is there."""
    if isinstance(older, Hush):
        return isinstance(newer, Hush)
    return older.weight is Weight.ROUTINE or (isinstance(newer, Speech) and newer.weight is older.weight)


def _is_routine(speech: Speech | None) -> bool:
    return speech is not None and speech.weight is Weight.ROUTINE
