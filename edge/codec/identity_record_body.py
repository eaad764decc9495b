"""Records of who the box is and of its hand-over → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.model.first_setup import Found
from edge.model.identity_records import CertificateRenewed
from edge.model.setup_records import SetupChecked


def _renewed(record: CertificateRenewed) -> dict[str, object]:
    return {"old": record.old, "new": record.new, "ends": f"{record.ends_at:%Y-%m-%dT%H:%M:%S}.000Z"}


def _checked(record: SetupChecked) -> dict[str, object]:
    checked = record.checked
    parts = [_part(one) for one in checked.found]
    return {"app": checked.version, "by": checked.by, "well": checked.is_well, "parts": parts}


def _part(one: Found) -> dict[str, object]:
    told: dict[str, object] = {"dev": one.device} if one.device else {}
    told |= {"part": one.part.value, "works": one.verdict.value}
    told |= {"code": one.code} if one.code else {}
    return told | ({} if one.seen is None else {"seen": one.seen})


IDENTITY_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {CertificateRenewed: _renewed, SetupChecked: _checked}
)
"""Their part of `record_body`."""
