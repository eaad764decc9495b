"""Records of who the box is → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.model.identity_records import CertificateRenewed


def _renewed(record: CertificateRenewed) -> dict[str, object]:
    return {"old": record.old, "new": record.new, "ends": f"{record.ends_at:%Y-%m-%dT%H:%M:%S}.000Z"}


IDENTITY_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType({CertificateRenewed: _renewed})
"""Their part of `record_body`."""
