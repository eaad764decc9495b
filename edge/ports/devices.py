"""What drivers and workers ask of each other: channels, the inbox, a device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol, runtime_checkable

from edge.clock import Clock
from edge.messages import Command
from edge.model.cell_map import CellMap


class Port(Protocol):
    """A byte channel to one device. Every call raises DeviceError when the channel is gone."""

    def read(self, n: int, timeout_s: float) -> bytes:
        """Up to `n` bytes: what is there, after waiting at most `timeout_s` for the first. Empty means silence."""
        ...

    def write(self, octets: bytes, timeout_s: float) -> None:
        """All of them within `timeout_s`, else DeviceError; how many left before that is not known."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SerialLine:
    """How a serial port is set; ignored by other channels. `parity` is N, E or O.

    `stale_s`, of every channel: what could not be delivered for so long never is, the channel breaks instead; and what
    lies in a buffer of this machine when the port is closed dies with it. None: it is delivered, however late.
    """

    baud: int = 9600
    bits: int = 8
    parity: str = "N"
    stop_bits: int = 1
    stale_s: float | None = None


OpenPort = Callable[[str, SerialLine], Port]
"""Opens `/dev/…`, `tcp://host:port`, `file:///path`, `sim://name` or any pyserial URL; raises DeviceError."""


class Inbox(Protocol):
    """The bounded queue of a worker, as its driver sees it."""

    def take(self) -> Command | None:
        """The next command, or None. Taken means: the driver now owes its outcome."""
        ...


PATIENCE_S, IDLE_S = 0.25, 0.0
"""Of a driver in a thread of its own."""


def unheard(_: Sequence[int]) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class DeviceContext:
    """All that a driver may use. `name` is the settings table's, e.g. counter_scanner.

    `patience_s` is how long a read may wait for a first byte: 0 in the simulation.
    `idle_s` is what `pump` returns when only input or a command can bring work: 0 where reads wait, else infinity.
    `heard`: each byte or key event of a scanner as it came, for whoever sets it up.
    `wall`: of lock boards, which locks have a door, and what their contacts mean.
    """

    name: str
    post: Callable[[object], None]
    clock: Clock
    chance: Random
    open_port: OpenPort
    inbox: Inbox
    patience_s: float = PATIENCE_S
    idle_s: float = IDLE_S
    wall: CellMap = field(default_factory=CellMap)
    heard: Callable[[Sequence[int]], None] = unheard


class Device(Protocol):
    """One driver. Built by the worker with (settings, context); does no I/O before `open`."""

    def open(self) -> None:
        """Claim and initialise the device; raises DeviceError."""
        ...

    def pump(self) -> float:
        """One bounded piece of work; returns seconds until it wants the next, if no command comes before.

        Raises DeviceError when the device is gone, after posting the outcome of a command that it had taken.
        """
        ...

    def close(self) -> None:
        """Let go of the channel; never raises."""
        ...


@runtime_checkable
class Wakeable(Protocol):
    """A device whose `pump` waits for input and must hear of a command at once: the cloud session."""

    def wake(self) -> None:
        """From any thread: end the wait."""
        ...
