"""How the terminal is, asked from afar: devices, paper, what waits, and the newest links of the journal (selftest)."""

from __future__ import annotations

from collections.abc import Callable

from edge.ports import Snapshot, Transaction
from edge.services.commands import Answered, Ordered

LINKS = 1_000
"""As many as a start checks; some ten milliseconds."""


class SelfTest:
    """`snapshot`: how the terminal is, None before it runs."""

    def __init__(self, snapshot: Callable[[], Snapshot | None]) -> None:
        self._snapshot = snapshot

    def run(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of SELFTEST. Done is that it was looked at; what is wrong stands in `problems`."""
        now = self._snapshot()
        if now is None:
            return Answered(ordered.cid, "failed", "cmd.busy", "the terminal is starting")
        _, wrong = tx.check_chain(max(1, now.journal_n - LINKS + 1), LINKS)
        problems = [*now.problems, *([f"journal: {wrong}"] if wrong else [])]
        return Answered(ordered.cid, "done", out={
            "problems": problems,
            "version": now.version, "uptime_s": now.uptime_s, "clk": now.clk, "link": now.link, "unsent": now.unsent,
            "goods": now.items, "papers_waiting": now.waiting_prints, "papers_unknown": now.unknown_prints,
            "devices": {device.name: device.state for device in now.devices},
        })  # fmt: skip
