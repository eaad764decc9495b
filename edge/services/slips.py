"""Slips that are no receipts: queued with their text, so that they print after a power cut as they were."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from edge.messages import WorkQueued
from edge.model.ledger_rows import LAST_PAPER, EffectState, PrintJob
from edge.model.slip import Slip
from edge.ports import Transaction
from edge.services.printer_trouble import printed_later


def print_slip(slip: Slip, tx: Transaction, *, of: str = "") -> None:
    """`of` names the record that it belongs to. From now on it is what 重打 prints."""
    of = of or tx.new_id()
    tx.print_jobs.queue(PrintJob(tx.new_id(), of=of, copy_no=0, state=EffectState.QUEUED, slip=slip))
    keep_in_hand(of, tx)
    tx.after_commit(printed_later(tx))
    tx.after_commit(WorkQueued())


def lay_ready(slip: Slip, tx: Transaction) -> None:
    """For where paper comes on request alone: it is printed when 重打 asks for it."""
    of = tx.new_id()
    tx.print_jobs.queue(PrintJob(tx.new_id(), of=of, copy_no=0, state=EffectState.EXPIRED, slip=slip))
    keep_in_hand(of, tx)


def keep_in_hand(of: str, tx: Transaction) -> None:
    """The paper that the reprint card prints: the newest, or one that was lost after it. Others lose their texts.

    Empty: the receipt of the last sale, whichever that is, so that a sale after a sale writes nothing for it.
    """
    before = tx.get(LAST_PAPER) or ""
    if before == of:
        return
    tx.put(LAST_PAPER, of)
    if before:
        tx.print_jobs.forget(before)


def local_time(at: datetime, zone: ZoneInfo) -> str:
    """As it is printed, to the minute."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
