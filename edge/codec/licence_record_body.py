"""Records of store licences → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.model.licence import Licence
from edge.model.licence_records import LicenceEnding, LicenceKept, LicenceRefused, ServiceBarred


def _named(licence: Licence) -> dict[str, object]:
    return {
        "platform": licence.platform, "no": licence.number, "ver": licence.version, "until": licence.ends.isoformat()
    }  # fmt: skip


def _kept(record: LicenceKept) -> dict[str, object]:
    body = _named(record.licence) | {"services": sorted(record.licence.services)}
    return body | ({"withdrawn": True} if record.licence.withdrawn else {})


def _refused(record: LicenceRefused) -> dict[str, object]:
    body: dict[str, object] = {"why": record.why}
    return body | ({"platform": record.platform} if record.platform else {})


def _ending(record: LicenceEnding) -> dict[str, object]:
    return _named(record.licence) | {"days": record.days}


def _barred(record: ServiceBarred) -> dict[str, object]:
    return {"service": record.service, "platform": record.platform, "why": record.why}


LICENCE_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {LicenceKept: _kept, LicenceRefused: _refused, LicenceEnding: _ending, ServiceBarred: _barred}
)
"""Their part of `record_body`."""
