"""A cash drawer on a printer's connector: a solenoid, a spring and perhaps a switch on pin 3 (devices.md 6.1)."""

from __future__ import annotations

from enum import Enum


class Switch(Enum):
    """What the level of pin 3 says. Cheap drawers have no switch; then it is always low."""

    NONE = "none"
    HIGH_OPEN = "high_open"
    LOW_OPEN = "low_open"


class Drawer:
    """`pulses` counts what reached the solenoid; `stuck` keeps the drawer shut whatever comes."""

    def __init__(self, *, pin: int = 2, switch: Switch = Switch.HIGH_OPEN) -> None:
        self.pin = pin
        self.switch = switch
        self.is_open = False
        self.stuck = False
        self.pulses = 0

    def pulse(self, pin: int) -> None:
        if pin != self.pin:
            return
        self.pulses += 1
        self.is_open = self.is_open or not self.stuck

    def pull_open(self) -> None:
        """By hand, with the key."""
        self.is_open = True

    def shut(self) -> None:
        self.is_open = False

    @property
    def pin3_high(self) -> bool:
        if self.switch is Switch.NONE:
            return False
        return self.is_open == (self.switch is Switch.HIGH_OPEN)
