"""A new certificate before the old one ends: asked for over MQTT, tried, and only then the one in use (contract P17).

The order of things, each step on the disk before the next one:
  due → key and request → cert.sign … signed → laid down beside → connected with it → welcome → swapped → cert.renewed
Whatever comes between, the certificate in use is a whole one; what was begun goes on at the next welcome.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge.bus import Bus
from edge.clock import Clk
from edge.codec import wire_identity as wire
from edge.codec.certificate import CertificateFacts
from edge.codec.topics import Topics
from edge.codec.wire_down import Response
from edge.errors import WireError
from edge.messages import JobDone, Refusal, Started
from edge.model.identity_records import CertificateRenewed
from edge.ports import Keys, Transaction
from edge.services.cloud_questions import CloudQuestions
from edge.services.commands import Answered, Ordered
from edge.services.link import LinkRefused, Welcomed
from edge.services.next_pair import CertificateKnown, NextPairFailed, TryNextPair

LOOK_S = 3_600.0
"""How often dates are looked at, and how soon what failed is tried again."""
MAX_TRIES = 3
"""Attempts with one new certificate; then another one is asked for."""
IN_USE, WANTED = "cert_serial", "cert_wanted"
"""Keys of `meta`: the number of the certificate that was last known in use; that of one to be replaced at once."""

_LOOK, _REQUEST, _KEEP, _SWAP, _DROP, _KNOCK = (
    "cert.look",
    "cert.request",
    "cert.keep",
    "cert.swap",
    "cert.drop",
    "cert.knock",
)
_log = logging.getLogger("edge.cloud")


@dataclass(frozen=True, slots=True)
class Found:
    """What lies on the disk."""

    current: CertificateFacts | None
    following: CertificateFacts | None


@dataclass(frozen=True, slots=True)
class LookDue:
    """A timer."""


@dataclass(frozen=True, slots=True)
class SignLate:
    """A timer: no answer to the question `cid`."""

    cid: str


class SignRequests(CloudQuestions):
    expires_s = wire.EXPIRES_S


class Renewal:
    """`tries_next` tells whether the present connection is with the new one. `run` is the jobs thread's.

    Not `renews`: the settings file names the certificate, and whoever wrote it there brings the next one. `knock` gets
    one with the old key over HTTPS, for a box whose certificate is over; None: there is nowhere to knock.
    """

    def __init__(
        self, bus: Bus, keys: Keys, *, tid: str, topics: Topics, online: Callable[[], bool],
        tries_next: Callable[[], bool], run: Callable[[str, Callable[[], object]], bool], renews: bool = True,
        knock: Callable[[], CertificateFacts] | None = None,
    ) -> None:  # fmt: skip
        self._bus = bus
        self._keys = keys
        self._tid = tid
        self._online = online
        self._tries_next = tries_next
        self._run = run
        self._renews = renews
        self._knock = knock
        self._requests = SignRequests(tid=tid, topics=topics, online=online)
        self._facts: CertificateFacts | None = None
        """Of the certificate in use."""
        self._busy = ""
        """The job that runs, or the question that waits: one step at a time."""
        self._csr = ""
        self._failed = 0
        self._rests_until_mono = 0.0
        self._cloud_clock: tuple[datetime, float] | None = None
        bus.on(Started, self._start)
        bus.on(LookDue, self._look_due)
        bus.on(Welcomed, self._welcomed)
        bus.on(NextPairFailed, self._next_failed)
        bus.on(JobDone, self._done)
        bus.on(LinkRefused, self._refused)
        bus.on(Response, self._answered)
        bus.on(SignLate, self._late)

    # --- what there is ---------------------------------------------------------------------------------------------

    def _start(self, _: Started, tx: Transaction) -> None:
        self._look_due(LookDue(), tx)

    def _look_due(self, _: LookDue, tx: Transaction) -> None:
        self._bus.after(LOOK_S, LookDue())
        self._look()

    def _look(self) -> None:
        self._job(_LOOK, lambda: Found(self._keys.current(), self._keys.next()))

    def _job(self, name: str, work: Callable[[], object]) -> None:
        if not self._busy and self._run(name, work):
            self._busy = name

    def _done(self, done: JobDone, tx: Transaction) -> None:
        if done.job != self._busy:
            return
        self._busy = ""
        if done.error is not None:
            _log.warning("%s: %s", done.job, done.error)
            if done.job == _KEEP:
                self._rest(tx)
                self._job(_DROP, self._keys.give_up_next)
        elif isinstance(done.result, Found):
            self._know(done.result.current, tx)
            self._go_on(done.result, tx)
        elif done.job == _REQUEST:
            self._csr = str(done.result)
            self._ask(tx.new_id(), tx)
        elif done.job == _KEEP:
            self._failed = 0
            tx.after_commit(TryNextPair())
        elif done.job in (_SWAP, _KNOCK) and isinstance(done.result, CertificateFacts):
            self._know(done.result, tx)

    def _know(self, facts: CertificateFacts | None, tx: Transaction) -> None:
        """A number that is another one than before is told once, whenever it is found: the power may have gone."""
        self._facts = facts
        if facts is None:
            return
        tx.after_commit(CertificateKnown(facts.ends_at))
        if facts.name != self._tid:
            reason = f"its certificate is {facts.name}'s, and it is {self._tid}: enrol it anew"
            tx.after_commit(LinkRefused(reason, Refusal.NO_KEY))
        before = tx.get(IN_USE)
        if before != facts.serial:
            tx.put(IN_USE, facts.serial)
        if before and before != facts.serial:
            tx.append(CertificateRenewed(before, facts.serial, facts.ends_at))
            _log.info("certificate %s is in use, until %s", facts.serial, facts.ends_at.date())

    # --- a new one -------------------------------------------------------------------------------------------------

    def _go_on(self, found: Found, tx: Transaction) -> None:
        if not self._renews or not self._online():
            return
        if self._tries_next():
            if found.following is not None:  # and the cloud has welcomed it, since it is online
                self._job(_SWAP, self._keys.swap)
        elif tx.stamp.mono < self._rests_until_mono:
            return
        elif found.following is not None and self._failed < MAX_TRIES:
            tx.after_commit(TryNextPair())
        elif found.following is not None:
            self._failed = 0
            self._rest(tx)
            self._job(_DROP, self._keys.give_up_next)
        elif self._is_due(found.current, tx):
            self._job(_REQUEST, lambda: self._keys.request(self._tid))

    def _rest(self, tx: Transaction) -> None:
        """What the cloud does not take now it is not asked for every minute."""
        self._rests_until_mono = tx.stamp.mono + LOOK_S

    def _is_due(self, current: CertificateFacts | None, tx: Transaction) -> bool:
        """By the cloud's clock (P12): the box's own may be years off."""
        if current is None or self._cloud_clock is None:
            return False
        at, mono = self._cloud_clock
        now = at + timedelta(seconds=tx.stamp.mono - mono)
        return now >= current.renewable_at() or tx.get(WANTED) == current.serial

    def rotate(self, ordered: Ordered, tx: Transaction) -> Answered:
        """cert.rotate: done when it is on its way; `cert.renewed` tells when there is a new one."""
        facts = self._facts
        if facts is None or not self._renews:
            return Answered(ordered.cid, "failed", "cmd.unsupported", "this box was not enrolled: bring it files")
        tx.put(WANTED, facts.serial)
        self._look()
        return Answered(ordered.cid, "done", out={"serial": facts.serial})

    def _ask(self, cid: str, tx: Transaction) -> None:
        current = self._facts
        args = wire.SignArgs(csr=self._csr, cur_serial=current.serial if current is not None else None)
        self._busy = self._requests.ask(wire.SIGN, args, "", tx, cid=cid)
        if self._busy:
            self._bus.after(self._requests.expires_s, SignLate(cid))

    def _late(self, late: SignLate, tx: Transaction) -> None:
        """The same question under the same cid, as long as there is a cloud to ask; else at the next welcome anew."""
        if late.cid == self._busy:
            self._ask(late.cid, tx)

    def _answered(self, response: Response, tx: Transaction) -> None:
        if not self._busy or response.cid != self._busy:
            return
        self._busy = ""
        if not response.ok:
            told = response.err
            self._rest(tx)
            _log.warning("the cloud signs no certificate: %s", f"{told.code}, {told.msg}" if told else "no reason")
            return
        try:
            signed = wire.read_signed(response.out or {})
        except WireError as error:
            _log.warning("refused %s: %s", error.code, error)
            self._rest(tx)
            return
        self._job(_KEEP, lambda: self._keys.put_certificate(signed.certificate, signed.roots, self._tid))

    # --- tried -----------------------------------------------------------------------------------------------------

    def _welcomed(self, welcomed: Welcomed, tx: Transaction) -> None:
        self._cloud_clock = (datetime.fromisoformat(welcomed.welcome.at), tx.stamp.mono)
        self._look()

    def _refused(self, refused: LinkRefused, tx: Transaction) -> None:
        """No broker takes a certificate that is over; whoever signs new ones still knows its key (row 11)."""
        facts, now = self._facts, tx.stamp
        if refused.cause is not Refusal.AUTH or not self._renews or self._knock is None or facts is None:
            return
        if now.clk is not Clk.UNSYNC and facts.ends_at <= now.at and now.mono >= self._rests_until_mono:
            self._rest(tx)
            self._job(_KNOCK, self._knock)

    def _next_failed(self, failed: NextPairFailed, tx: Transaction) -> None:
        self._failed += 1
        self._rest(tx)
        _log.warning(
            "the cloud did not take the new certificate (%d of %d): %s", self._failed, MAX_TRIES, failed.reason
        )
