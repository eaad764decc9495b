"""Papers of which nobody knows: a person says that one is there, or has it printed again (decisions 1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from edge.messages import WorkQueued
from edge.model.ledger_rows import EffectState, PrintJob
from edge.model.records import PrintEnded
from edge.ports import Transaction
from edge.services.commands import Answered, CarryOut, Ordered

SEEN, AGAIN = "paper.seen", "paper.again"
ASKED_FOR = timedelta(days=2)
"""A paper that nobody missed by then, nobody will."""


class DoubtfulPapers:
    """`printer`: whether the shop has one."""

    def __init__(self, *, printer: bool) -> None:
        self._printer = printer

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        """Each with `job`: the print job."""
        return {SEEN: self._seen, AGAIN: self._again}

    def _seen(self, ordered: Ordered, tx: Transaction) -> Answered:
        job = _doubtful(ordered, tx)
        if job is None:
            return _settled(ordered)
        tx.print_jobs.move(job.id, EffectState.PRINTED)
        tx.append(PrintEnded(job.id, job.of, job.copy_no, EffectState.PRINTED.value, f"seen, says the {ordered.by}"))
        return Answered(ordered.cid, "done")

    def _again(self, ordered: Ordered, tx: Transaction) -> Answered:
        """A COPY: the one in doubt may lie in somebody's bag. Done is that it was asked for: it waits for paper."""
        job = _doubtful(ordered, tx)
        if job is None:
            return _settled(ordered)
        if not self._printer:
            return Answered(ordered.cid, "rejected", "cmd.unsupported", "the settings name no receipt printer")
        if job.slip is None and tx.sales.by_id(job.of) is None:
            return Answered(ordered.cid, "failed", "cmd.unsupported", "the text of this paper is kept no longer")
        copy_no = sum(one.state is not EffectState.EXPIRED for one in tx.print_jobs.of(job.of))
        tx.print_jobs.queue(PrintJob(tx.new_id(), job.of, copy_no, EffectState.QUEUED, job.slip))
        tx.after_commit(WorkQueued())
        return Answered(ordered.cid, "done")


def _doubtful(ordered: Ordered, tx: Transaction) -> PrintJob | None:
    wanted = tx.print_jobs.doubtful(tx.stamp.at - ASKED_FOR)
    return next((job for job in wanted if job.id == ordered.args.get("job")), None)


def _settled(ordered: Ordered) -> Answered:
    return Answered(ordered.cid, "failed", "schema.invalid", "somebody has seen to this paper already")
