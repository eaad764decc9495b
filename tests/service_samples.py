"""One of each record of service orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from edge.model import service_records as r
from edge.model.money import Fen
from edge.model.platform import ServiceKind
from edge.model.service_order import ServiceOrder, ServiceState

ID = "019aadf2-6e01-7c3e-9d51-6a1b2c3d4e5f"
DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 2, 0, 5, 1_999, UTC)
ORDER = ServiceOrder(
    ID, ServiceKind.TOP_UP, "PHONE", "话费充值", "Phone top-up", Fen(1_000), Fen(1_000), AT, AT, subject="138****8000"
)
PAID = replace(ORDER, state=ServiceState.PAID, sale=ID, paid_at=AT)


def _in(state: ServiceState) -> ServiceOrder:
    return replace(PAID, state=state, reference="T20261123000017")


SERVICE_SAMPLES: list[r.ServiceRecord] = [
    r.ServiceQuoted(ORDER),
    r.ServicePaid(PAID, DAY),
    r.ServiceSubmitted(_in(ServiceState.SUBMITTED)),
    r.ServiceUnknown(_in(ServiceState.UNKNOWN), "silence"),
    r.ServiceCompleted(_in(ServiceState.COMPLETED)),
    r.ServiceCompleted(_in(ServiceState.COMPLETED), "kept"),
    r.ServiceFailed(_in(ServiceState.FAILED), "declined"),
    r.ServiceRefunded(_in(ServiceState.REFUNDED), ID, Fen(1_000), DAY),
    r.ServiceCancelled(replace(ORDER, state=ServiceState.CANCELLED), "dropped"),
    r.ServiceCancelled(_in(ServiceState.CANCELLING), "asked"),
    r.ServiceCancelled(replace(_in(ServiceState.CANCELLED_REFUNDED), fee=Fen(200)), "back", ID, Fen(800), DAY),
    r.ServiceReversed(_in(ServiceState.REVERSED), "reversed"),
    r.ServiceExpired(replace(ORDER, state=ServiceState.EXPIRED)),
    r.ServiceHandedOver(_in(ServiceState.COMPLETED), "p-7"),
    r.ServiceOverdue(_in(ServiceState.COMPLETED), DAY),
    r.ServiceDisputed(_in(ServiceState.REFUNDED), "completed"),
]
