"""What platforms bring to a shop: carriers, wallets, suppliers, services and words, of all that are active as one.

Which there are stands in files (docs/platforms.md); nothing here or above knows one by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from edge.model.carrier import Carriers, PaperLines
from edge.model.loan import Way
from edge.model.money import Fen
from edge.model.sale import Method

QUOTE_S = 30 * 60
"""How long a quoted order may lie before it is paid (row 68)."""
LEAD_DAYS, REVIEW_DAYS = 2, 7


class ServiceKind(StrEnum):
    """How a service is asked for, paid and carried out."""

    TOP_UP = "top_up"
    BILL = "bill"
    TRAVEL = "travel"
    ORDER = "order"
    LOAN = "loan"
    REPAYMENT = "repayment"
    AGENT_NOTE = "agent_note"
    SENDING = "sending"


@dataclass(frozen=True, slots=True)
class Wallet:
    """`id` is its channel on the wire, of a closed list: a wallet's payments are the cloud's to make."""

    id: Method
    platform: str
    name: str
    name_en: str

    def spoken(self, language: str) -> str:
        return self.name_en if language == "en" else self.name


@dataclass(frozen=True, slots=True)
class Supplier:
    """Delivers for nothing from `free_delivery` on, after discounts; None: never. Else it costs `delivery_fee`.

    `lead_days` from an order to its goods, `review_days` from one order to the next. `waybills`: the ids of carriers
    whose parcels may be its goods.
    """

    id: str
    platform: str
    name: str
    name_en: str
    free_delivery: Fen | None = None
    delivery_fee: Fen = Fen(0)
    lead_days: int = LEAD_DAYS
    review_days: int = REVIEW_DAYS
    waybills: tuple[str, ...] = ()
    slip: PaperLines = field(default_factory=PaperLines)

    def spoken(self, language: str) -> str:
        return self.name_en if language == "en" else self.name

    def fee(self, goods: Fen) -> Fen:
        """What delivering `goods`, their sum after discounts, costs."""
        return Fen(0) if self.free_delivery is not None and goods >= self.free_delivery else self.delivery_fee


@dataclass(frozen=True, slots=True)
class ServiceOffer:
    """`least` to `most` of one order in whole `step`s, `day_most` of a business day (None: no such limit).

    `amounts`: the only ones to choose from; empty: any within the limits. `reference` is matched whole against a
    cleaned number; None: there is no number to key. `quote_s`: how long a quote is asked to stand. `cancellable`:
    whether the provider may be asked to take a completed order back; `cancel` are the lines that say when and at what
    price. `slip` are the lines that its slips end with, `home` those of goods that are brought home. `on_arrival`:
    goods may be paid when they are fetched. `payout`: how the money of a loan may come. `carriers`: the ids of those
    that parcels are sent with.
    """

    id: str
    platform: str
    kind: ServiceKind
    name: str
    name_en: str
    least: Fen
    most: Fen
    day_most: Fen | None = None
    amounts: tuple[Fen, ...] = ()
    reference: re.Pattern[str] | None = None
    quote_s: int = QUOTE_S
    payout: frozenset[Way] = frozenset(Way)
    cancellable: bool = False
    on_arrival: bool = False
    cancel: PaperLines = field(default_factory=PaperLines)
    slip: PaperLines = field(default_factory=PaperLines)
    step: Fen = Fen(1)
    carriers: tuple[str, ...] = ()
    home: PaperLines = field(default_factory=PaperLines)

    def spoken(self, language: str) -> str:
        return self.name_en if language == "en" else self.name

    def takes(self, amount: Fen) -> bool:
        """Whether one order may be of so much."""
        fits = self.least <= amount <= self.most and amount % self.step == 0
        return fits and (not self.amounts or amount in self.amounts)

    def fits(self, number: str) -> bool:
        """Whether the cleaned `number` may be a reference of it; never for one that has none."""
        return self.reference is not None and self.reference.fullmatch(number) is not None


@dataclass(frozen=True, slots=True)
class Warranty:
    """Goods of the departments `depts` are under warranty for `months`. `serial` is matched whole against what is
    scanned; None: they have no serial number.
    """

    id: str
    platform: str
    name: str
    name_en: str
    depts: frozenset[str]
    months: int
    serial: re.Pattern[str] | None = None
    slip: PaperLines = field(default_factory=PaperLines)

    def spoken(self, language: str) -> str:
        return self.name_en if language == "en" else self.name


@dataclass(frozen=True, slots=True)
class PlatformText:
    """A platform's own name, what its slips end with, and whom to call, as a slip of failure says."""

    platform: str
    name: str
    name_en: str
    slip: PaperLines = field(default_factory=PaperLines)
    help: PaperLines = field(default_factory=PaperLines)

    def spoken(self, language: str) -> str:
        return self.name_en if language == "en" else self.name


@dataclass(frozen=True, slots=True)
class Platforms:
    """All that a shop works with. `active`: the platforms by name, in the order in which what they bring is named."""

    active: tuple[str, ...] = ()
    carriers: Carriers = field(default_factory=Carriers)
    wallets: tuple[Wallet, ...] = ()
    suppliers: tuple[Supplier, ...] = ()
    services: tuple[ServiceOffer, ...] = ()
    texts: tuple[PlatformText, ...] = ()
    warranties: tuple[Warranty, ...] = ()

    def supplier(self, supplier_id: str) -> Supplier | None:
        """None for one that there is not, as an order outlives a change of the settings."""
        return next((supplier for supplier in self.suppliers if supplier.id == supplier_id), None)

    def service(self, service_id: str) -> ServiceOffer | None:
        """None for one that there is not, as an order outlives a change of the settings."""
        return next((service for service in self.services if service.id == service_id), None)

    def of_kind(self, kind: ServiceKind) -> tuple[ServiceOffer, ...]:
        """In the order in which they are offered."""
        return tuple(service for service in self.services if service.kind is kind)

    def sending(self, carrier: str) -> tuple[ServiceOffer, ...]:
        """By which parcels are sent with this carrier."""
        return tuple(offer for offer in self.of_kind(ServiceKind.SENDING) if carrier in offer.carriers)

    def warranty(self, dept: str) -> Warranty | None:
        """Of goods in this department; None: they have none."""
        return next((warranty for warranty in self.warranties if dept and dept in warranty.depts), None)

    def foot(self, service: str, language: str, *, home: bool = False) -> tuple[str, ...]:
        """The lines at the end of a service's slips: its own, then its platform's. None of one that there is not.
        `home`: of goods that are not fetched here, but brought home.
        """
        offer = self.service(service)
        if offer is None:
            return ()
        own = offer.home if home else offer.slip
        return (*own.lines(language), *self.text(offer.platform).slip.lines(language))

    def takes_wallet(self, method: Method) -> bool:
        return any(wallet.id is method for wallet in self.wallets)

    def text(self, platform: str) -> PlatformText:
        """By the platform's name; one without words calls itself by it."""
        found = (text for text in self.texts if text.platform == platform)
        return next(found, PlatformText(platform, platform, platform))
