"""Certificates for a fleet that speaks TLS: made by the small authority whose folder is at hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from edge.cloud.session import Broker
from edge.codec.certificate import read_certificate
from edge.errors import CodecError
from edge.reference_cloud.authority import DEVICES, SERVERS, Authority, key_pem, new_key
from edge.reference_cloud.ca_command import ROOTS
from edge.reference_cloud.key_folder import SECRET, read_whole, write_whole
from edge.sim.fleet.plan import Plan

LIFE, LONGEST_RUN = timedelta(days=2), timedelta(days=1)
PAIR = "pair.pem"
"""Key and certificate in one file, in the terminal's folder."""


def issue(authorities: Path, homes: Iterable[tuple[str, Path]], now: datetime) -> None:
    """A pair for each (tid, folder) that has none for a whole run. Raises SettingsError where no authority is."""
    devices = Authority(authorities / DEVICES)
    for tid, home in homes:
        if not _holds(home / PAIR, now + LONGEST_RUN):
            key = new_key()
            issued = devices.sign_key(tid, key.public_key(), now, life=LIFE)
            write_whole(home / PAIR, key_pem(key) + issued.pem, mode=SECRET)


def _holds(pair: Path, at: datetime) -> bool:
    """Whether it is there, whole, and good at this time."""
    try:
        return pair.exists() and read_certificate(read_whole(pair).decode("ascii", "replace")).ends_at >= at
    except CodecError:
        return False


def broker_of(plan: Plan, number: int, home: Path) -> Broker:
    """Where this terminal connects to, and as whom."""
    if plan.authorities is None:
        return Broker(plan.url(number))
    return Broker(plan.url(number), str(Path(plan.authorities) / SERVERS / ROOTS), str(home / PAIR))
