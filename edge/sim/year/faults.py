"""What goes wrong, how often: one small structure of probabilities, three profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Faults:
    """Probabilities, each of one occasion."""

    # a scan
    doubled: float = 0.0
    """Read twice by a bouncing trigger."""
    garbled: float = 0.0
    halved: float = 0.0
    """The rest of the code never comes."""

    # a message between box and cloud, in either direction
    lost: float = 0.0
    repeated: float = 0.0
    late: float = 0.0
    """Delayed by up to two minutes, so that others overtake it."""

    # a customer
    power_cut: float = 0.0
    """At any statement, commit, effect, file or byte while the customer is served."""
    disk_error: float = 0.0
    """A statement or a commit fails; of a commit nobody knows whether it is on the disk."""
    paper_out: float = 0.0
    cover_open: float = 0.0
    printer_off: float = 0.0
    cable_pulled: float = 0.0
    """Of any device, in the middle of its bytes."""
    door_jammed: float = 0.0
    """Of the locker wall: no coil opens it, until somebody mends it."""
    board_unplugged: float = 0.0
    """One of the wall's two, for a while."""
    plug_slips: float = 0.0
    """Of a board, while somebody stands before an open door of it for a while."""
    service_disturbed: float = 0.0
    """The power or the line goes while a service is paid and carried out."""
    payout_cut: float = 0.0
    """The power goes while the cash of a loan is on the counter."""
    line_broken: float = 0.0
    """The line to the broker, for a while, in the middle of a payment perhaps."""

    # a day
    outage: float = 0.0
    """The line to the broker breaks, or swallows all, for minutes or hours."""
    broker_death: float = 0.0
    cloud_death: float = 0.0
    disk_full: float = 0.0
    clock_wrong: float = 0.0
    """A boot without time, or a step of the running clock."""
    cloud_restored: float = 0.0
    """From a backup that is days old."""
    box_restored: float = 0.0
    """From a backup that is hours old; it sells offline before it connects."""
    licence_withdrawn: float = 0.0
    """By one of the platforms, for a while."""


CALM = Faults()
SHOP = Faults(
    doubled=0.01, garbled=0.003, halved=0.001, lost=0.001, repeated=0.002, late=0.01, power_cut=0.002,
    disk_error=0.0001, paper_out=0.003, cover_open=0.002, printer_off=0.001, cable_pulled=0.001, door_jammed=0.001,
    board_unplugged=0.001, plug_slips=0.01, line_broken=0.002, service_disturbed=0.01, payout_cut=0.01,
    outage=0.3, broker_death=0.02, cloud_death=0.02, disk_full=0.001, clock_wrong=0.005, cloud_restored=0.001,
    box_restored=0.0005, licence_withdrawn=0.002,
)  # fmt: skip
STORM = Faults(
    doubled=0.05, garbled=0.03, halved=0.02, lost=0.03, repeated=0.03, late=0.08, power_cut=0.06, disk_error=0.02,
    paper_out=0.03, cover_open=0.03, printer_off=0.02, cable_pulled=0.03, door_jammed=0.03,
    board_unplugged=0.02, plug_slips=0.3, line_broken=0.03, service_disturbed=0.2, payout_cut=0.3,
    outage=0.5, broker_death=0.2, cloud_death=0.2, disk_full=0.02, clock_wrong=0.05, cloud_restored=0.01,
    box_restored=0.01, licence_withdrawn=0.1,
)  # fmt: skip
PROFILES: Mapping[str, Faults] = MappingProxyType({"calm": CALM, "shop": SHOP, "storm": STORM})
