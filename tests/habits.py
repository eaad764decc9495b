"""What a shop can set, for the counter's bench."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from edge.codec.instore import LabelTemplate
from edge.codec.pseudonym import Pseudonyms
from edge.codec.wire_parcel import GRANT, OPEN
from edge.model.booklet import Booklet
from edge.model.money import Fen, Rounding
from edge.model.platform import Platforms
from edge.model.promotion import Promotion
from edge.platform_file import load_platforms
from edge.ports import Deliveries
from edge.services.badge_desk import BADGE_COMMANDS
from edge.services.checkout import CheckoutRules
from edge.services.commands import CarryOut
from edge.services.deliveries import NoDeliveries
from edge.services.expecting import EXPECT, expect
from edge.services.licence_desk import LICENCE_COMMANDS
from edge.services.receipts import PrintMode


@dataclass
class Habits:
    """What a shop can set."""

    rounding: Rounding = Rounding.NONE
    checkout: CheckoutRules = field(default_factory=CheckoutRules)
    print_mode: PrintMode = PrintMode.ALWAYS
    drawer: bool = True
    has_printer: bool = True
    reboots: bool = False
    drawer_open_level: bool | None = None
    day_starts: time = time(4, 0)
    zone: str = "Asia/Shanghai"
    labels: tuple[LabelTemplate, ...] = ()
    scale: str | None = None
    cloud: bool = True
    max_payload: int = 64_000
    max_rate: float | None = None
    printer: bool = True
    first_card: bool = False
    """Whether a shop without an owner's card prints one at its start."""
    speaker: str | None = None
    double_read_ms: int = 400
    require_shift: bool = False
    command_keys: Mapping[str, bytes] = field(default_factory=dict)
    licence_keys: Mapping[str, bytes] = field(default_factory=dict)
    pieces_before_scan: bool = False
    price_cut_limit_percent: int = 20
    no_receipt_limit: Fen = Fen(0)
    promotions: tuple[Promotion, ...] = ()
    commands: dict[str, CarryOut] = field(default_factory=dict)
    parcels: bool = False
    """Whether the shop is a parcel station."""
    platforms: Platforms = field(default_factory=load_platforms)
    members: Pseudonyms = field(default_factory=lambda: Pseudonyms((bytes(32),)))
    """Keys that members' pseudonyms are made with."""

    booklet: Booklet = field(default_factory=Booklet)
    deliveries: Deliveries = field(default_factory=NoDeliveries)

    @property
    def carried_out(self) -> frozenset[str]:
        return BADGE_COMMANDS | LICENCE_COMMANDS | ({OPEN, GRANT} if self.parcels else set())

    @property
    def at_once(self) -> dict[str, CarryOut]:
        """Commands of the cloud that a station knows, and what else a bench takes up."""
        return ({EXPECT: expect} if self.parcels else {}) | self.commands
