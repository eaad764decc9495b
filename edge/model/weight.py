"""What a scale says: one reading, exact, in the scale's own unit; and whether readings have come to rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from edge.model.money import Milli

SETTLED_S = 0.5
"""A scale that does not tell motion is at rest when its weight has not changed for so long …"""
SETTLED_READINGS = 3
"""… and in so many readings: one reading between two silences tells nothing."""


class Unit(StrEnum):
    KILOGRAM = "kg"
    GRAM = "g"
    POUND = "lb"
    OUNCE = "oz"
    NONE = ""
    """The protocol does not say; it is a setting of the scale."""


class Load(StrEnum):
    """What was weighed: all that lies there, what is left without the tare, or the tare itself."""

    GROSS = "gross"
    NET = "net"
    TARE = "tare"


_PER_KILOGRAM = {Unit.KILOGRAM: 0, Unit.GRAM: -3}
"""Powers of ten. Pounds and ounces are no unit of trade here."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer of a scale. `weight` in `unit` with the digits that it sent; None: it told its state only.

    `stable`, `load`, `zero`: None where the protocol does not tell. `over` and `under`: outside its range.
    `negative` without a weight is one too. `faults` are names of the scale's own troubles. `frame` is what came.
    """

    weight: Decimal | None
    unit: Unit = Unit.NONE
    stable: bool | None = None
    load: Load | None = None
    over: bool = False
    under: bool = False
    negative: bool = False
    zero: bool | None = None
    faults: tuple[str, ...] = ()
    frame: bytes = b""

    @property
    def kg(self) -> Decimal | None:
        """Exact; None without a weight, or in a unit that is not metric."""
        if self.weight is None or self.unit not in _PER_KILOGRAM:
            return None
        return self.weight.scaleb(_PER_KILOGRAM[self.unit])

    @property
    def grams(self) -> Milli | None:
        """Whole grams, cut towards zero: what is not a gram is not charged. None as `kg`."""
        kg = self.kg
        return None if kg is None else Milli(int(kg * 1000))

    @property
    def is_empty(self) -> bool:
        """Nothing lies on the scale: whoever weighed has taken it off."""
        if self.over or self.load is Load.TARE:
            return False
        return self.zero is True or self.negative or (self.weight is not None and self.weight <= 0)

    @property
    def sellable(self) -> bool:
        """At rest, in range, above zero and metric: a weight that may become money."""
        wrong = self.over or self.under or self.negative or bool(self.faults) or self.load is Load.TARE
        return self.stable is True and not wrong and (self.grams or 0) > 0


class Steadiness:
    """Judges motion where the protocol does not tell it, by how long the weight has stayed the same.

    `checked`: a frame carries a checksum. Without one a lost or turned byte makes another weight of it, so that only
    what was said twice in a row is believed, at rest as well as empty.
    """

    def __init__(self, *, checked: bool = True) -> None:
        self._checked = checked
        self._before: Reading | None = None
        self._weight: Decimal | None = None
        self._since_mono = 0.0
        self._seen = 0

    def judged(self, reading: Reading, at_mono: float) -> Reading:
        """The reading with `stable` told."""
        is_again = self._checked or reading == self._before
        self._before = reading
        if reading.weight is None or reading.weight != self._weight:
            self._weight, self._since_mono, self._seen = reading.weight, at_mono, 0
        self._seen += 1
        if reading.stable is not None:
            return replace(reading, stable=reading.stable and is_again)
        rests = self._seen >= SETTLED_READINGS and at_mono - self._since_mono >= SETTLED_S
        return replace(reading, stable=reading.weight is not None and rests)
