"""Receipts and their print jobs: at most one original of a sale is ever sent to paper (decisions 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.command_card import receipt_code
from edge.messages import (
    Asked,
    CommandRefused,
    DeviceDown,
    MessageFailed,
    Outcome,
    PrinterState,
    PrinterStatus,
    PrintOutcome,
    Say,
    SendPrint,
    SlipScanned,
    Started,
    Tone,
    WorkQueued,
)
from edge.model.campaign_slip import with_campaign
from edge.model.counter import Verb
from edge.model.ledger_rows import LAST_PAPER, CompletedSale, EffectState, PrintJob
from edge.model.receipt import ReceiptText, receipt_slip
from edge.model.records import (
    PaperOut,
    PrintEnded,
    PrinterFaulted,
    PrinterRecovered,
    SaleCompleted,
)
from edge.model.slip import Slip
from edge.ports import Transaction
from edge.services.basket import refunding
from edge.services.printer_trouble import COMPLAINTS, note_trouble, printed_later
from edge.services.slips import keep_in_hand
from edge.services.spoken_manner import on_paper

_PRINTS = (PrinterState.READY, PrinterState.UNKNOWN)
"""A printer that answers no status request still prints."""


RETRY_S = 2.0
"""How soon a job that was not begun is offered again, when no status change comes first."""


NUMBER_IN_BARCODE_MAX = 9_999
"""The barcode has four digits for the number (decisions 3); a busier day prints on, and is read by the eye."""


class PrintMode(StrEnum):
    ALWAYS = "always"
    ON_REQUEST = "on_request"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class PrinterNoted:
    """An effect: what the printer said is committed, rows and all, and is what the next change is measured by."""

    state: PrinterState


class Receipts:
    """`printer` is the settings name of the receipt printer; None when the shop has none: jobs wait for one."""

    def __init__(self, bus: Bus, text: ReceiptText, *, printer: str | None, mode: PrintMode, zone: ZoneInfo) -> None:
        self._bus = bus
        self._text = text
        self._printer = printer
        self._mode = mode
        self._zone = zone
        self._state = PrinterState.OFFLINE
        bus.on(Started, self._resume)
        bus.on(SaleCompleted, self._queue_original)
        bus.on(WorkQueued, self._begin)
        bus.on(PrinterStatus, self._status)
        bus.on(DeviceDown, self._down)
        bus.on(PrintOutcome, self._ended)
        bus.on(CommandRefused, self._refused)
        bus.on(MessageFailed, self._not_booked)
        bus.on(Asked, self._asked)
        bus.on(SlipScanned, self._reprint_scanned)
        bus.route(PrinterNoted, self._note)

    # --- queueing --------------------------------------------------------------------------------------------------

    def _queue_original(self, record: SaleCompleted, tx: Transaction) -> None:
        if self._mode is not PrintMode.NEVER:
            keep_in_hand("", tx)
        if self._mode is PrintMode.ALWAYS:
            self._queue(PrintJob(tx.new_id(), record.sale.id, 0, EffectState.QUEUED), tx)
            tx.after_commit(printed_later(tx))

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        """The last paper again, whatever it was."""
        if asked.verb is Verb.REPRINT:
            last, of = tx.sales.last(), tx.get(LAST_PAPER)
            self._reprint(of or (last.sale.id if last is not None else ""), tx)

    def _reprint_scanned(self, scanned: SlipScanned, tx: Transaction) -> None:
        if refunding(tx.counter):
            return  # `Refunds` takes it
        sale = tx.sales.by_receipt(scanned.receipt)
        self._reprint(sale.sale.id if sale is not None else "", tx, scanned=True)

    def _reprint(self, of: str, tx: Transaction, *, scanned: bool = False) -> None:
        """Another paper: a COPY, unless no original was ever asked for. One that waits is not asked for twice.

        `scanned`: somebody holds its paper, so it is a COPY, and the shop prints such things, whatever its mode.
        """
        jobs = tx.print_jobs.of(of)
        slip = next((job.slip for job in jobs if job.slip is not None), None)
        if slip is None and tx.sales.by_id(of) is None:
            tx.after_commit(Say("reprint.none", Tone.ATTENTION))
            return
        if slip is None and self._mode is PrintMode.NEVER and not scanned:
            tx.after_commit(Say("reprint.off", Tone.ATTENTION))
            return
        waits = any(job.state is EffectState.QUEUED for job in jobs)
        if not waits:
            copy_no = max(int(scanned), sum(job.state is not EffectState.EXPIRED for job in jobs))
            self._queue(PrintJob(tx.new_id(), of, copy_no, EffectState.QUEUED, slip), tx)
            keep_in_hand(of, tx)
        if self._state not in _PRINTS:
            tx.after_commit(Say(COMPLAINTS.get(self._state, "print.offline")))
        else:
            tx.after_commit(Say("reprint.waits" if waits else "reprint.scanned" if scanned else "reprint.done"))

    def _queue(self, job: PrintJob, tx: Transaction) -> None:
        tx.print_jobs.queue(job)
        tx.after_commit(WorkQueued())

    # --- sending ---------------------------------------------------------------------------------------------------

    def _begin(self, _: WorkQueued, tx: Transaction) -> None:
        """One job at a time; `sending` is committed before the first byte leaves."""
        if self._state not in _PRINTS or tx.print_jobs.in_state(EffectState.SENDING):
            return
        waiting = tx.print_jobs.in_state(EffectState.QUEUED)
        if not waiting:
            return
        job = waiting[0]
        slip = job.slip or self._render(job.of, tx)
        tx.print_jobs.move(job.id, EffectState.SENDING)
        tx.after_commit(SendPrint(job.id, slip, job.copy_no, is_receipt=job.slip is None))

    def _render(self, sale_id: str, tx: Transaction) -> Slip:
        found = tx.sales.by_id(sale_id)
        if found is None:
            return Slip(())
        text = on_paper(self._text, tx)
        slip, campaign = slip_of(found, text, self._zone), tx.campaigns.paper_of(sale_id)
        return slip if campaign is None else with_campaign(slip, campaign, text.language)

    # --- outcomes --------------------------------------------------------------------------------------------------

    def _ended(self, ended: PrintOutcome, tx: Transaction) -> None:
        if not _is_sending(ended.job, tx):
            return  # told twice, or after a restart had settled it
        match ended.outcome:
            case Outcome.DONE:
                tx.print_jobs.move(ended.job, EffectState.PRINTED)
                tx.after_commit(WorkQueued())
            case Outcome.NOT_STARTED:
                self._put_back(ended.job, ended.reason, tx)
            case Outcome.UNKNOWN | Outcome.FAILED:
                state = EffectState.UNKNOWN if ended.outcome is Outcome.UNKNOWN else EffectState.FAILED
                self._lost(ended.job, state, ended.reason, tx)
                tx.after_commit(WorkQueued())

    def _refused(self, refused: CommandRefused, tx: Transaction) -> None:
        command = refused.command
        if isinstance(command, SendPrint) and _is_sending(command.job, tx):
            self._put_back(command.job, "the printer was not there", tx)

    def _not_booked(self, failed: MessageFailed, tx: Transaction) -> None:
        """An outcome that found no room is told again: a job left at `sending` would hold up all others."""
        message = failed.message
        if isinstance(message, PrintOutcome) or (
            isinstance(message, CommandRefused) and isinstance(message.command, SendPrint)
        ):
            self._bus.after(RETRY_S, message)

    def _put_back(self, job: str, reason: str, tx: Transaction) -> None:
        """Not a byte was sent: it waits for the next good status, or a moment when the status was good all along."""
        tx.print_jobs.move(job, EffectState.QUEUED, reason)
        self._bus.after(RETRY_S, WorkQueued())

    def _lost(self, job_id: str, state: EffectState, reason: str, tx: Transaction) -> None:
        """UNKNOWN or FAILED: only a person asks for another paper."""
        job = tx.print_jobs.find(job_id)
        is_secret = job is not None and job.slip is not None and job.of == job.id  # `Technician` sees to its own
        told = not is_secret and self._state is not PrinterState.UNKNOWN  # a silent printer's jobs all end so
        if job is not None and told:
            keep_in_hand(job.of, tx)
        tx.print_jobs.move(job_id, state, reason)
        if job is not None:
            tx.append(PrintEnded(job.id, job.of, job.copy_no, state.value, reason))
        if told:
            tx.after_commit(Say("print.unknown", Tone.ATTENTION))

    def _resume(self, _: Started, tx: Transaction) -> None:
        """A job that was being sent when the power went is never sent again."""
        note_trouble(None, tx)
        for job in tx.print_jobs.in_state(EffectState.SENDING):
            self._lost(job.id, EffectState.UNKNOWN, "power was lost while printing", tx)

    # --- the printer's state ---------------------------------------------------------------------------------------

    def _status(self, status: PrinterStatus, tx: Transaction) -> None:
        if status.device != self._printer:
            return
        before = self._state
        note_trouble(status.state, tx)
        tx.after_commit(PrinterNoted(status.state))
        if status.state in _PRINTS:
            if before in COMPLAINTS:
                tx.append(PrinterRecovered(status.device))
                if waiting := len(tx.print_jobs.in_state(EffectState.QUEUED)):
                    tx.after_commit(Say("print.catching_up", words=(("n", str(waiting)),)))
            tx.after_commit(WorkQueued())
        elif status.state in COMPLAINTS and before is not status.state:
            tx.append(
                PaperOut(status.device)
                if status.state is PrinterState.PAPER_OUT
                else PrinterFaulted(status.device, status.state.value)
            )
            tx.after_commit(Say(COMPLAINTS[status.state], Tone.ATTENTION))

    def _down(self, down: DeviceDown, tx: Transaction) -> None:
        if down.device == self._printer:
            note_trouble(None, tx)
            tx.after_commit(PrinterNoted(PrinterState.OFFLINE))
            tx.after_commit(Say("print.offline", Tone.ATTENTION))

    def _note(self, noted: PrinterNoted) -> None:
        self._state = noted.state


def _is_sending(job_id: str, tx: Transaction) -> bool:
    job = tx.print_jobs.find(job_id)
    return job is not None and job.state is EffectState.SENDING


def slip_of(found: CompletedSale, text: ReceiptText, zone: ZoneInfo) -> Slip:
    """The receipt of a sale in the ledger, as it was or will be printed."""
    local = datetime.fromisoformat(found.at).astimezone(zone)
    number = int(found.receipt.rpartition("-")[2])
    return receipt_slip(
        found.sale, receipt=found.receipt, till=found.till,
        code=receipt_code(found.receipt) if number <= NUMBER_IN_BARCODE_MAX else None,
        local_time=f"{local:%Y-%m-%d %H:%M}", text=text, owes=found.owes,
    )  # fmt: skip
