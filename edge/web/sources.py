"""What the pages read and whom they give commands to. All of it can be called from any thread (decisions 2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel

from edge.messages import PageOrder
from edge.model.backup import Keeping
from edge.model.cell import Place
from edge.model.cell_map import BusAddress, CellMap, LockLine
from edge.model.commissioning import Commissioning, Finding
from edge.model.configuration import KeptConfig
from edge.model.counter import Counter
from edge.model.first_setup import FirstSetup, Heard, Tried
from edge.model.found_port import FoundPort
from edge.model.ledger_rows import CommandRow
from edge.model.takings import Takings
from edge.ports import Snapshot
from edge.web.box import BoxFacts
from edge.web.goods_facts import GoodsFacts
from edge.web.raw_tap import RawTap
from edge.web.shop_facts import ShopFacts
from edge.web.site import Sink
from edge.web.software import SoftwareFacts
from edge.web.sticks import StickFacts
from edge.web.template_facts import TemplateFacts


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """A device as the settings have it: its name, its driver, and where it is connected."""

    name: str
    driver: str
    port: str


@dataclass(frozen=True, slots=True)
class PortFacts:
    """Settings and devices. `kept`: the page's layer; `running`: its version at this start; `refused`: why a newer one,
    or the cloud's, is left out.
    """

    kept: Callable[[], KeptConfig]
    running: int
    refused: str
    values: Mapping[str, Any]
    """What may be set at the page, by table.key, as JSON has it."""
    models: Mapping[str, type[BaseModel]]
    """By the name of the table."""
    origins: Mapping[str, str]
    """Where each value comes from, by table.key."""
    devices: Mapping[str, Mapping[str, Any]]
    """Each table of [devices], `driver` included."""
    drivers: Sequence[str]
    driver_model: Callable[[str], type[BaseModel]]
    """The settings of a driver; raises SettingsError."""
    found: Callable[[], Sequence[FoundPort]]
    raw: RawTap
    identity: Callable[[str], str]
    """What a device was known by when it was well; empty: nobody knows."""
    remembered: Callable[[], Mapping[str, Mapping[str, Any]]]
    """The newest table of each device that was ever well, by its name, also of one that was taken out."""
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class CellFacts:
    """The locker wall. `wall`: as the next start has it; `running`: the mark of the one of this start."""

    wall: Callable[[], CellMap]
    buses: Mapping[str, LockLine]
    setups: Callable[[], Mapping[BusAddress, BoardSetup]]
    """Of boards that are being set up."""
    mark: Callable[[CellMap], str]
    running: str


class BoardSetup(Protocol):
    """See services.wall_setup."""

    @property
    def machine(self) -> Commissioning: ...
    @property
    def finding(self) -> Finding | None: ...


@dataclass(frozen=True, slots=True)
class KeepFacts:
    """A shop kept and moved. `unsaved`: rows of money and custody that neither the cloud nor a backup elsewhere
    has. `given(name)`: where a file goes that somebody brings.
    """

    tid: str
    state: Callable[[], Keeping]
    unsaved: Callable[[], int]
    given: Callable[[str], Sink]
    drop_given: Callable[[str], None]
    custody: Callable[[], int]
    """Parcels that are here, and sales that stand aside."""


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """A new box on its way into service. `tried`: what is tried of this counter. `sells`: it has sold something, and is
    in service whatever steps are left. `heard`: what came last of a scanner or keypad since the start; `silent`:
    devices of which nothing ever came where they hang now.
    """

    state: Callable[[], FirstSetup]
    tried: Sequence[Tried]
    sells: Callable[[], bool]
    heard: Callable[[str], Heard | None]
    silent: Callable[[], Collection[str]]


@dataclass(frozen=True, slots=True)
class PageSources:
    """`snapshot`: None before the first message. `order`: see `web.orders`; None: it is on its way still."""

    snapshot: Callable[[], Snapshot | None]
    rows: Callable[[int], Sequence[Mapping[str, Any]]]
    """Rows of the journal from a number on, oldest first, with their data."""
    counter: Callable[[], Counter]
    takings: Callable[[], Takings]
    """Since the last Z report."""
    settings: Sequence[tuple[str, str, str]]
    """(key, value, where it comes from)."""
    devices: Sequence[DeviceFacts]
    commands: Callable[[int], Sequence[CommandRow]]
    """So many, newest first."""
    log_lines: Callable[[Callable[[str], bool], int], Sequence[str]]
    """(which fit, how many) → newest first."""
    broker: str
    """The address of the settings; empty without a cloud."""
    doors: Sequence[Place]
    """Of the wall by which this start runs."""
    metrics: Callable[[], str]
    """The newest sample, as Prometheus reads it."""
    order: Callable[[PageOrder], Mapping[str, Any] | None]
    ports: PortFacts
    cells: CellFacts
    keep: KeepFacts
    box: BoxFacts
    shop: ShopFacts
    setup: SetupFacts
    software: SoftwareFacts
    goods: GoodsFacts
    template: TemplateFacts
    sticks: StickFacts
