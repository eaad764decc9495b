"""Certificates for a fleet that speaks TLS: made by the small authority whose folder is at hand."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from edge.cloud.session import Broker
from edge.reference_cloud.authority import DEVICES, SERVERS, Authority, key_pem, new_key
from edge.reference_cloud.ca_command import ROOTS
from edge.sim.fleet.plan import Plan

LIFE = timedelta(days=2)
PAIR = "pair.pem"
"""Key and certificate in one file, in the terminal's folder."""


def issue(authorities: Path, homes: Iterable[tuple[str, Path]], now: datetime) -> None:
    """A pair for each (tid, folder) that has none yet. Raises SettingsError for a folder without an authority."""
    devices = Authority(authorities / DEVICES)
    for tid, home in homes:
        if not (home / PAIR).exists():
            key = new_key()
            issued = devices.sign_key(tid, key.public_key(), now, life=LIFE)
            with os.fdopen(os.open(home / PAIR, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(key_pem(key) + issued.pem)


def broker_of(plan: Plan, number: int, home: Path) -> Broker:
    """Where this terminal connects to, and as whom."""
    if plan.authorities is None:
        return Broker(plan.url(number))
    return Broker(plan.url(number), str(Path(plan.authorities) / SERVERS / ROOTS), str(home / PAIR))
