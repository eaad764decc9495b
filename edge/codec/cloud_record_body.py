"""Records of what the cloud did → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.model.cloud_records import (
    CatalogueRejected,
    ConfigApplied,
    ConfigRejected,
    MessageRefused,
    PromotionsApplied,
    SupportClosed,
    SupportOpened,
    TerminalSuspended,
)


def _suspended(record: TerminalSuspended) -> dict[str, object]:
    body: dict[str, object] = {"on": record.on, "by": record.by}
    return body | ({"why": record.why} if record.why else {})


def _applied(record: ConfigApplied) -> dict[str, object]:
    return {"ver": record.version, "sha": record.sha}


def _rejected(record: ConfigRejected) -> dict[str, object]:
    return {
        "ver": record.version, "sha": record.sha, "status": record.status, "code": record.code, "msg": record.msg,
    }  # fmt: skip


def _refused(record: MessageRefused) -> dict[str, object]:
    return {"code": record.code, "on": record.on, "n": record.times}


def _promotions(record: PromotionsApplied) -> dict[str, object]:
    return {"set": record.set_name, "ver": record.version, "count": record.count}


def _catalogue(record: CatalogueRejected) -> dict[str, object]:
    return {"ver": record.version, "code": record.code, "msg": record.msg}


def _opened(record: SupportOpened) -> dict[str, object]:
    return {"minutes": record.minutes} | ({"by": record.by} if record.by else {})


def _closed(record: SupportClosed) -> dict[str, object]:
    return {"why": record.why}


CLOUD_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {
        TerminalSuspended: _suspended,
        ConfigApplied: _applied,
        ConfigRejected: _rejected,
        MessageRefused: _refused,
        PromotionsApplied: _promotions,
        CatalogueRejected: _catalogue,
        SupportOpened: _opened,
        SupportClosed: _closed,
    }
)
"""Their part of `record_body`."""
