"""Records of loans → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.codec.day_record_body import CURRENCY
from edge.model.loan_records import LoanMoved


def _moved(record: LoanMoved) -> dict[str, object]:
    """Of money only what the till is to pay or has paid."""
    loan = record.loan
    body: dict[str, object] = {
        "soid": loan.id, "service": loan.offer, "mark": loan.mark, "state": loan.state.value, "why": record.why,
    }  # fmt: skip
    if loan.way is not None:
        body["way"] = loan.way.value
    if loan.amount:
        body |= {"cur": CURRENCY, "amt": loan.amount}
    if loan.reference:
        body["ref"] = loan.reference
    if record.shift and record.business_day is not None:
        body |= {"shift": record.shift, "bday": record.business_day.isoformat()}
    return body


LOAN_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType({LoanMoved: _moved})
"""Their part of `record_body`."""
