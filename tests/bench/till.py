"""The whole terminal but its threads, in this process, on a real ledger: what a sale costs without any device."""

from __future__ import annotations

from pathlib import Path

from counter_bench import COLA, NOODLES, PRINTER, SCANNER, SHELF, TISSUES, CounterBench

from edge.codec.command_card import card_code
from edge.messages import KickOutcome, Outcome, PrintOutcome, ScanData, SendKick, SendPrint
from edge.store.catalogue_build import build_full
from edge.store.ledger import name_next_catalogue

EXACT_CASH = card_code(102)
BETWEEN_SCANS_S = 0.5
SETTLE_S = 5.0
"""Of simulated time: the catalogue that the ledger names is found and activated."""


class Till(CounterBench):
    """A printer that succeeds at once. `sell` is one whole sale: three scans, cash, receipt and drawer answered."""

    def __init__(self, folder: Path) -> None:
        built = build_full(folder, SHELF, version=1)
        name_next_catalogue(folder / "ledger.db", built.path.name)
        super().__init__(folder, items=None)
        self.bus.route(SendPrint, self._printed)
        self.bus.route(SendKick, self._kicked)
        self.printer_ready()
        self.pass_s(SETTLE_S)
        self.run_jobs()
        assert len(self.catalogue) == len(SHELF), "the goods are not on the shelf"

    def whole_sale(self) -> None:
        for code in (COLA, NOODLES, TISSUES, EXACT_CASH):
            self.clock.pass_s(BETWEEN_SCANS_S)
            self.bus.post(ScanData(SCANNER, code, self.clock.mono_s))
            self.bus.run_pending()
        if len(self.left) > 1000:
            self.hush()

    def commits_of_a_sale(self, sales: int = 10) -> float:
        """Transactions that reach the disk for one sale, counted by SQLite itself."""
        ended: list[str] = []
        self.ledger._connection.set_trace_callback(lambda sql: ended.append(sql) if sql == "COMMIT" else None)
        for _ in range(sales):
            self.whole_sale()
        self.ledger._connection.set_trace_callback(None)
        return len(ended) / sales

    def _printed(self, job: SendPrint) -> None:
        self.bus.post(PrintOutcome(PRINTER, job.job, Outcome.DONE))

    def _kicked(self, kick: SendKick) -> None:
        self.bus.post(KickOutcome(PRINTER, kick.kick, Outcome.DONE))
