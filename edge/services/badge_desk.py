"""Where badges are issued and revoked: by the cloud (card.issue, card.revoke), and a new shop's first owner's card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from edge.bus import Bus
from edge.codec.badge import IssueOrder, RevokeOrder, badge_id, new_badge_code, read_order
from edge.errors import CodecError
from edge.messages import Started, WorkQueued
from edge.model.badge import MAX_BADGES, Badge, Role
from edge.model.badge_slip import badge_slip
from edge.model.ledger_rows import EffectState, PrintJob
from edge.model.records import CardIssued, CardRevoked
from edge.ports import Badges, Transaction
from edge.services.commands import Answered, Ordered
from edge.services.owner_gate import armed, disarm
from edge.services.spoken_manner import manner_of

ISSUE, REVOKE = "card.issue", "card.revoke"
BADGE_COMMANDS = frozenset({ISSUE, REVOKE})
"""Of the cloud, class N; carried out here."""
SET_UP = "set-up"
"""Who issues the first owner's card: nobody but the terminal itself."""

_SLIP = "owner.slip"
"""In `meta`: the print job of the first owner's card."""


@dataclass(frozen=True, slots=True)
class BadgeText:
    """What a badge's slip says beside its code."""

    store: str
    language: str


@dataclass(frozen=True, slots=True)
class KeepBadge:
    """An effect: put this badge into the documents, then tell of it. `cid`: the command that wants an answer."""

    badge: Badge
    by: str
    cid: str = ""


class BadgeDesk:
    """`printer`: whether badges can be printed here. A shop that never had an owner's card gets one at its start.

    The document is written in a message of its own, and only then are record and answer: a power cut between the two
    leaves a badge that is revoked and not told of, never one that was told to be revoked and is not.
    """

    def __init__(
        self, bus: Bus, badges: Badges, text: BadgeText, *, chance: Random, printer: bool, first_card: bool
    ) -> None:
        self._badges = badges
        self._text = text
        self._chance = chance
        self._printer = printer
        self._first_card = first_card
        bus.on(Started, self._start)
        bus.on(Ordered, self._ordered)
        bus.on(KeepBadge, self._kept)

    def _start(self, _: Started, tx: Transaction) -> None:
        """The first owner's card; once more when its paper certainly never came."""
        if not (self._first_card and self._printer):
            return
        job = tx.print_jobs.find(tx.get(_SLIP) or "")
        had = any(badge.role is Role.OWNER for badge in self._badges.all())
        if not had or (job is not None and job.state is EffectState.FAILED):
            tx.put(_SLIP, self._print(IssueOrder(role="owner", name=self._text.store), SET_UP, "", tx))

    def _ordered(self, ordered: Ordered, tx: Transaction) -> None:
        if ordered.type not in BADGE_COMMANDS:
            return
        try:
            order = read_order(ordered.args, issue=ordered.type == ISSUE)
        except CodecError as error:
            self._answer(ordered, "rejected", tx, code="schema.invalid", msg=str(error))
            return
        if isinstance(order, RevokeOrder):
            self._revoke(order, ordered, tx)
        elif sum(not badge.is_over(tx.stamp.at) for badge in self._badges.all()) >= MAX_BADGES:
            self._answer(ordered, "rejected", tx, code="quota.exceeded", msg=f"a shop has at most {MAX_BADGES} badges")
        else:
            self._issue(order, ordered, tx)

    def _issue(self, order: IssueOrder, ordered: Ordered, tx: Transaction) -> None:
        if order.hash is not None:
            badge = self._badge(order.hash, order, tx)
            known = self._badges.find(badge.id)
            if known is not None and known.revoked_at is not None:
                self._answer(ordered, "rejected", tx, code="auth.denied", msg="this badge was revoked, make a new code")
            else:
                tx.after_commit(KeepBadge(badge, ordered.by, ordered.cid))
        elif self._printer:
            self._print(order, ordered.by, ordered.cid, tx)
        else:
            self._answer(ordered, "rejected", tx, code="cmd.unsupported", msg="no printer here: send the code's hash")

    def _revoke(self, order: RevokeOrder, ordered: Ordered, tx: Transaction) -> None:
        badge = self._badges.find(order.badge)
        if badge is None:
            self._answer(ordered, "rejected", tx, code="schema.invalid", msg=f"there is no badge {order.badge}")
        else:
            tx.after_commit(KeepBadge(badge.revoked(tx.stamp.at), ordered.by, ordered.cid))

    def _print(self, order: IssueOrder, by: str, cid: str, tx: Transaction) -> str:
        """A new code on a slip of its own; returns the print job."""
        code = new_badge_code(self._chance)
        badge = self._badge(code.hash, order, tx)
        slip = badge_slip(
            badge, code=code.text, store=self._text.store, language=manner_of(tx, self._text.language).language
        )
        job = tx.new_id()
        tx.print_jobs.queue(PrintJob(job, of=job, copy_no=0, state=EffectState.QUEUED, slip=slip))
        tx.after_commit(KeepBadge(badge, by, cid))
        tx.after_commit(WorkQueued())
        return job

    def _badge(self, hash_text: str, order: IssueOrder, tx: Transaction) -> Badge:
        at, role = tx.stamp.at, Role(order.role)
        until = at + timedelta(days=order.days) if order.days else None
        carrier = order.carrier or "" if role is Role.COURIER else ""
        return Badge(badge_id(hash_text), hash_text, role, order.name, at, until, carrier=carrier)

    def _kept(self, kept: KeepBadge, tx: Transaction) -> None:
        badge = kept.badge
        self._badges.keep(badge)
        if badge.revoked_at is not None and armed(tx) == badge.id:
            disarm(tx)
        record = CardIssued if badge.revoked_at is None else CardRevoked
        tx.append(record(badge.id, badge.role.value, kept.by))
        if kept.cid:
            tx.after_commit(Answered(kept.cid, "done", out={"badge": badge.id}))

    def _answer(self, ordered: Ordered, state: str, tx: Transaction, *, code: str, msg: str) -> None:
        tx.after_commit(Answered(ordered.cid, state, code=code, msg=msg))
