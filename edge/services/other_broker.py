"""Another broker that the cloud named for a while (P19): which hosts may be one, for how long, and when it is given up.

redirect ──► host ends as [cloud] redirect_suffixes say, over TLS ──► kept until its time is over
                                               └── three attempts without a welcome: the configured one again
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from edge.clock import iso_ms
from edge.codec.wire_down import Redirect
from edge.ports import Transaction

TRIES = 3
_KEY = "redirect"
"""In `meta`: {host, port, until, failed}; empty: none."""

_log = logging.getLogger("edge.cloud")


def may_follow(host: str, suffixes: tuple[str, ...]) -> bool:
    """A suffix stands for itself and for names below it: "example.com" is no "badexample.com"."""
    lower, ends = host.lower(), [suffix.lower() for suffix in suffixes]
    return any(lower == end or lower.endswith(f".{end}") for end in ends)


def followed(redirect: Redirect, suffixes: tuple[str, ...], tx: Transaction, *, lasted: bool) -> bool:
    """Whether the next attempt goes elsewhere. Not `lasted`: the connection was moved on as soon as it stood, which
    counts as an attempt that failed: brokers that name each other are left for the configured one.
    """
    if not may_follow(redirect.host, suffixes):
        _log.warning("a redirect to %s:%d is not followed", redirect.host, redirect.port)
        return False
    _log.info("moved to %s:%d for %d s", redirect.host, redirect.port, redirect.ttl_s)
    until = iso_ms(tx.stamp.at + timedelta(seconds=redirect.ttl_s))
    before = _kept(tx)
    failed_before = 0 if lasted or before is None else before["failed"] + 1
    if failed_before >= TRIES:
        leave(tx)
    else:
        _keep({"host": redirect.host, "port": redirect.port, "until": until, "failed": failed_before}, tx)
    return True


def place(tx: Transaction) -> tuple[str, int] | None:
    """Where to connect now; None: as the settings say."""
    kept = _kept(tx)
    if kept is None:
        return None
    if datetime.fromisoformat(kept["until"]) <= tx.stamp.at:
        leave(tx)
        return None
    return kept["host"], kept["port"]


def failed(tx: Transaction) -> None:
    """An attempt there ended without a welcome."""
    kept = _kept(tx)
    if kept is None:
        return
    if kept["failed"] + 1 >= TRIES:
        leave(tx)
    else:
        _keep({**kept, "failed": kept["failed"] + 1}, tx)


def stood(tx: Transaction) -> None:
    """A minute after a welcome there."""
    kept = _kept(tx)
    if kept is not None and kept["failed"]:
        _keep({**kept, "failed": 0}, tx)


def leave(tx: Transaction) -> None:
    tx.put(_KEY, "")


def _kept(tx: Transaction) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = json.loads(tx.get(_KEY) or "null")
    return kept


def _keep(kept: dict[str, Any], tx: Transaction) -> None:
    tx.put(_KEY, json.dumps(kept))
