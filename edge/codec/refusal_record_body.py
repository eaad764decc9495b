"""Records of refusals → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.model.refusal_records import PlatformRefused, ServiceRefused


def _service(record: ServiceRefused) -> dict[str, object]:
    return _told({"why": record.why, "offer": record.offer, "soid": record.order})


def _platform(record: PlatformRefused) -> dict[str, object]:
    return _told({
        "file": record.file, "line": record.line, "what": record.what, "expected": record.expected, "got": record.got,
    })  # fmt: skip


def _told(body: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in body.items() if value}


REFUSAL_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {ServiceRefused: _service, PlatformRefused: _platform}
)
"""Their part of `record_body`."""
