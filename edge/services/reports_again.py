"""A Z report or a shift's end printed once more, for who asks at the page: its text as it was first printed, a COPY."""

from __future__ import annotations

from collections.abc import Callable

from edge.errors import CodecError
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered
from edge.services.device_tests import PRINTER, printer_away
from edge.services.remote_print import RemotePrint


class ReportsAgain:
    """`state`: see `device_tests.TestParts`."""

    def __init__(self, papers: RemotePrint, state: Callable[[str], str | None]) -> None:
        self._papers = papers
        self._state = state

    def print_copy(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of REPORT_AGAIN, with `report`. Nobody wants it on a roll that is put in tomorrow: a printer that is away
        refuses it.
        """
        cid, report = ordered.cid, str(ordered.args.get("report"))
        try:
            slip = tx.report_papers.find(report)
        except CodecError:
            slip = None
        if slip is None:
            return Answered(cid, "rejected", "schema.invalid", f"the text of the report {report[:64]} is not kept")
        state = self._state(PRINTER)
        if state is not None and (code := printer_away(state)):
            return Answered(cid, "rejected", code, state)
        copy_no = tx.report_papers.next_copy(report)
        return self._papers.queue(cid, slip, range(copy_no, copy_no + 1), tx)
