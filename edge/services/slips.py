"""Slips that are no receipts: queued with their text, so that they print after a power cut as they were."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from edge.messages import WorkQueued
from edge.model.ledger_rows import EffectState, PrintJob
from edge.model.slip import Slip
from edge.ports import Transaction


def print_slip(slip: Slip, tx: Transaction, *, of: str = "") -> None:
    """`of` names the record that it belongs to."""
    job = tx.new_id()
    tx.print_jobs.queue(PrintJob(job, of=of or job, copy_no=0, state=EffectState.QUEUED, slip=slip))
    tx.after_commit(WorkQueued())


def local_time(at: datetime, zone: ZoneInfo) -> str:
    """As it is printed, to the minute."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
