"""The box is enrolled at the page: a technician's code becomes a certificate (contract C, row 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from edge.bus import Bus
from edge.messages import JobDone
from edge.ports import Transaction
from edge.services.commands import Answered, CarryOut, Ordered

CLAIM = "cloud.claim"
_JOB = "claim "
Enrol = Callable[[str, str, str], datetime]
"""(address, code, fingerprint) → until when the certificate is good; raises EdgeError. Takes up to a minute."""


class Claiming:
    """`run`: on the jobs thread, where renewals are, too: one of them at a time has the keys."""

    def __init__(self, bus: Bus, enrol: Enrol, run: Callable[[str, Callable[[], object]], bool]) -> None:
        self._enrol = enrol
        self._run = run
        bus.on(JobDone, self._done)

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        """With `url`, `code` and `fingerprint`."""
        return {CLAIM: self._claim}

    def _claim(self, ordered: Ordered, tx: Transaction) -> Answered:
        url, code, mark = (str(ordered.args[key]) for key in ("url", "code", "fingerprint"))
        if self._run(f"{_JOB}{ordered.cid}", lambda: self._enrol(url, code, mark)):
            return Answered(ordered.cid, "accepted")
        return Answered(ordered.cid, "failed", "cmd.busy", "too many jobs wait")

    def _done(self, done: JobDone, tx: Transaction) -> None:
        if not done.job.startswith(_JOB):
            return
        cid = done.job.removeprefix(_JOB)
        if isinstance(done.result, datetime):
            tx.after_commit(Answered(cid, "done", out={"until": f"{done.result:%Y-%m-%d}"}))
        else:
            tx.after_commit(Answered(cid, "failed", "internal", str(done.error)[:256]))
