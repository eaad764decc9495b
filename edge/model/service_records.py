"""Records of service orders. Each says what the order is from now on; none has the number or phone that it is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from edge.model.money import Fen
from edge.model.service_order import ServiceOrder
from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class ServiceQuoted:
    """The provider said what it costs; a slip says so, too."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.quoted"
    order: ServiceOrder


@dataclass(frozen=True, slots=True)
class ServicePaid:
    """The sale `order.sale` paid for it."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.paid"
    order: ServiceOrder
    business_day: date


@dataclass(frozen=True, slots=True)
class ServiceSubmitted:
    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.submitted"
    order: ServiceOrder


@dataclass(frozen=True, slots=True)
class ServiceUnknown:
    """Nobody knows how it ended. `why`: silence, link, offline, power, provider, amount."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.unknown"
    order: ServiceOrder
    why: str


@dataclass(frozen=True, slots=True)
class ServiceCompleted:
    """It was done. `why` kept: the provider was asked to take it back, and did not."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.completed"
    order: ServiceOrder
    why: str = ""


@dataclass(frozen=True, slots=True)
class ServiceFailed:
    """It was not done, and will not be: the price goes back."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.failed"
    order: ServiceOrder
    why: str


@dataclass(frozen=True, slots=True)
class ServiceRefunded:
    """The price of one that failed went back, by the refund `refund`."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.refunded"
    order: ServiceOrder
    refund: str
    amount: Fen
    business_day: date


@dataclass(frozen=True, slots=True)
class ServiceCancelled:
    """The customer does not want it any more: before it was paid; or afterwards, when `amount`, the price less the fee,
    went back by the refund `refund`. `why`: dropped, or back. Asked for, and not answered yet: `why` asked. Of one that
    was to be paid later and does not come: what the provider said.
    """

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.cancelled"
    order: ServiceOrder
    why: str
    refund: str = ""
    amount: Fen | None = None
    business_day: date | None = None


@dataclass(frozen=True, slots=True)
class ServiceReversed:
    """The provider undid what it had done."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.reversed"
    order: ServiceOrder
    why: str


@dataclass(frozen=True, slots=True)
class ServiceHandedOver:
    """What was ordered is in the customer's hands, in the parcel `parcel`: from now on it is not taken back."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.handed_over"
    order: ServiceOrder
    parcel: str


@dataclass(frozen=True, slots=True)
class ServiceOverdue:
    """Goods that were to come by the day `due` have not come; from now on their provider is asked about them."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.overdue"
    order: ServiceOrder
    due: date


@dataclass(frozen=True, slots=True)
class ServiceExpired:
    """Nobody paid for it while its quote was good."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.expired"
    order: ServiceOrder


@dataclass(frozen=True, slots=True)
class ServiceDisputed:
    """The provider contradicted an end that it had told: `said` is what it says now. The state stays, and so does the
    money, until a person has settled it.
    """

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.disputed"
    order: ServiceOrder
    said: str


ServiceRecord = (
    ServiceQuoted | ServicePaid | ServiceSubmitted | ServiceUnknown | ServiceCompleted | ServiceFailed
    | ServiceRefunded | ServiceCancelled | ServiceReversed | ServiceExpired | ServiceDisputed
    | ServiceHandedOver | ServiceOverdue
)  # fmt: skip
SERVICE_RECORDS: tuple[type, ...] = (
    ServiceQuoted, ServicePaid, ServiceSubmitted, ServiceUnknown, ServiceCompleted, ServiceFailed, ServiceRefunded,
    ServiceCancelled, ServiceReversed, ServiceExpired, ServiceDisputed, ServiceHandedOver, ServiceOverdue,
)  # fmt: skip
