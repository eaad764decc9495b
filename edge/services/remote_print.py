"""Paper that cloud or page ask for: print.text, print.receipt, test.print. Done is what came out of the printer.

A command is answered when its last paper has ended. What waits for paper or a printer waits in the command, too, over a
power cut; a paper that nobody knows of ends it with cmd.outcome_unknown.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.wire import checked
from edge.codec.wire_command import PRINT_RECEIPT, PRINT_TEXT, PrintReceiptArgs, PrintTextArgs
from edge.errors import WireError
from edge.messages import PrintOutcome, WorkQueued
from edge.model.cloud_slip import printed_slip
from edge.model.ledger_rows import EffectState, PrintJob
from edge.model.receipt import ReceiptText
from edge.model.slip import Slip
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered
from edge.services.receipts import slip_of
from edge.services.slips import local_time
from edge.services.spoken_manner import on_paper

TEST_PRINT = "test.print"
"""Asked for at the page."""
REPORT_AGAIN = "report.again"
"""At the page, too: `reports_again`."""
PRINTS = frozenset({PRINT_TEXT, PRINT_RECEIPT, TEST_PRINT, REPORT_AGAIN})
_OPEN = frozenset({EffectState.QUEUED, EffectState.SENDING})


class RemotePrint:
    """`printer`: whether the shop has one; without it nothing would ever be printed. Built after `Receipts`."""

    def __init__(self, bus: Bus, text: ReceiptText, *, zone: ZoneInfo, printer: bool) -> None:
        self._text = text
        self._zone = zone
        self._printer = printer
        bus.on(PrintOutcome, self._ended)

    def print_lines(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of PRINT_TEXT."""
        try:
            args = checked(PrintTextArgs, dict(ordered.args), where=PRINT_TEXT)
        except WireError as error:
            return Answered(ordered.cid, "rejected", error.code, error.what)
        text, now = on_paper(self._text, tx), local_time(tx.stamp.at, self._zone)
        slip = printed_slip(args.lines, shop=text.shop, now=now, language=text.language)
        return self.queue(ordered.cid, slip, range(args.copies), tx)

    def print_receipt(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of PRINT_RECEIPT: a COPY, whatever became of the original."""
        try:
            args = checked(PrintReceiptArgs, dict(ordered.args), where=PRINT_RECEIPT)
        except WireError as error:
            return Answered(ordered.cid, "rejected", error.code, error.what)
        sale = tx.sales.by_receipt(args.receipt)
        if sale is None:
            return Answered(ordered.cid, "rejected", "schema.invalid", f"there is no receipt {args.receipt} here")
        return self.queue(ordered.cid, slip_of(sale, on_paper(self._text, tx), self._zone), range(1, 2), tx)

    def queue(self, cid: str, slip: Slip, copies: range, tx: Transaction) -> Answered:
        """A paper for each number in `copies`; 0 is an original."""
        if not self._printer:
            return Answered(cid, "rejected", "cmd.unsupported", "this shop has no printer")
        for copy_no in copies:
            tx.print_jobs.queue(PrintJob(tx.new_id(), cid, copy_no, EffectState.QUEUED, slip))
        tx.after_commit(WorkQueued())
        return Answered(cid, "accepted")

    def _ended(self, ended: PrintOutcome, tx: Transaction) -> None:
        job = tx.print_jobs.find(ended.job)
        if job is not None and dict(tx.commands.running()).get(job.of) in PRINTS:
            answer = self.resumed(job.of, tx)
            if answer is not None:
                tx.after_commit(answer)

    def resumed(self, cid: str, tx: Transaction) -> Answered | None:
        """How a command stands whose papers are queued; None: some are still to come, also after a power cut."""
        states = [job.state for job in tx.print_jobs.of(cid)]
        if any(state in _OPEN for state in states):
            return None
        if states and all(state is EffectState.PRINTED for state in states):
            return Answered(cid, "done", out={"papers": len(states)})
        return Answered(cid, "failed", "cmd.outcome_unknown", "a paper may be missing, or cut short")
