"""Records of what the cloud did → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.model.cloud_records import TerminalSuspended


def _suspended(record: TerminalSuspended) -> dict[str, object]:
    body: dict[str, object] = {"on": record.on, "by": record.by}
    return body | ({"why": record.why} if record.why else {})


CLOUD_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType({TerminalSuspended: _suspended})
"""Their part of `record_body`."""
