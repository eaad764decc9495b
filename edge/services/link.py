"""The link to the cloud: when to connect, birth and hello, what the welcome changes (contract B1, P1, P6)."""

from __future__ import annotations

import base64
import json
import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random

from edge.bus import Bus
from edge.clock import Clk, iso_ms
from edge.codec.topics import Topics, Up
from edge.codec.wire import payload
from edge.codec.wire_down import Rebirth, Redirect, Welcome
from edge.codec.wire_up import ClockReading, Hello, PastEpoch, Status, StreamPosition
from edge.messages import (
    FOR_A_PERSON,
    CloudDown,
    CloudUp,
    Connect,
    Disconnect,
    MessageFailed,
    Publish,
    Refusal,
    SaleBooked,
    Say,
    Started,
    Tone,
    Will,
)
from edge.model.ids import ulid
from edge.model.records import SequenceRotated, Stream
from edge.ports import Catalogue, Transaction
from edge.services import other_broker
from edge.services.mqtt_version import MqttVersion
from edge.services.next_pair import NEXT_PAIR_S, CertificateKnown, NextPairFailed, NextPairLate, TryNextPair
from edge.services.reconnect import DEFAULT_CAP_S, DEFAULT_SPREAD_S, EARLY_EVERY_S, STABLE_S, wait_s

KEEPALIVE_S = 120
HELLO_FIRST_S = 2.0
HELLO_LAST_S = 60.0
CAPS = ("gzip", "printer", "resend")

_SOURCES = {Clk.OK: "ntp", Clk.CERT: "cert", Clk.UNSYNC: "rtc"}
_log = logging.getLogger("edge.cloud")


class Phase(StrEnum):
    DOWN = "down"
    CONNECTING = "connecting"
    GREETING = "greeting"
    """Connected; no batch leaves before the welcome."""
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class ConnectDue:
    serial: int


@dataclass(frozen=True, slots=True)
class HelloDue:
    serial: int
    wait_s: float


@dataclass(frozen=True, slots=True)
class Stable:
    serial: int


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The cloud has answered the hello: batches may leave from acked + 1."""

    welcome: Welcome


@dataclass(frozen=True, slots=True)
class GreetAgain:
    """Somebody wants to know what the cloud's welcome tells now."""


@dataclass(frozen=True, slots=True)
class LinkLost:
    """No batch can leave until the next welcome."""


@dataclass(frozen=True, slots=True)
class LinkRefused:
    """The cloud and this terminal do not take each other: FOR_A_PERSON, or CLOCK. Told at each attempt."""

    reason: str
    cause: Refusal = Refusal.AUTH


class Link:
    """`tid` and `topics` name this terminal; `chance` gives jitter and nonces. Not `enabled`: it stays down.

    `suffixes`: ends of the names of hosts to which the cloud may move this terminal.
    """

    def __init__(
        self, bus: Bus, *, tid: str, topics: Topics, version: str, catalogue: Catalogue, chance: Random,
        enabled: bool, suffixes: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self._bus = bus
        self._tid = tid
        self._topics = topics
        self._version = version
        self._catalogue = catalogue
        self._chance = chance
        self._keepalive_s = round(KEEPALIVE_S * chance.uniform(0.9, 1.1))
        self._serial = 0
        self._failures = 0
        self._lasted = False
        self._mqtt = MqttVersion()
        self._hello_serial = 0
        self._greeting = False
        self._nonce = ""
        self._sess = 0
        self._suffixes = suffixes
        self._redirected_sess = 0
        self._early_mono = float("-inf")
        self._said_offline = False
        self._certificate_ends_at: datetime | None = None
        """Of the box's own, for the hello; None: it has none, or it is not known."""
        self.tries_next = False
        """The present connection, or attempt, is with the certificate of a renewal."""
        self.phase = Phase.DOWN
        if not enabled:
            return
        bus.on(Started, self._start)
        bus.on(ConnectDue, self._connect)
        bus.on(CloudUp, self._greet)
        bus.on(CloudDown, self._down)
        bus.on(HelloDue, self._hello_again)
        bus.on(Welcome, self._welcome)
        bus.on(Rebirth, self._rebirth)
        bus.on(GreetAgain, self._rebirth)
        bus.on(Redirect, self._redirect)
        bus.on(Stable, self._stable)
        bus.on(SaleBooked, self._try_early)
        bus.on(MessageFailed, self._failed)
        bus.on(CertificateKnown, self._certificate)
        bus.on(TryNextPair, self._try_next)
        bus.on(NextPairLate, self._next_is_late)

    def online(self) -> bool:
        return self.phase is Phase.ONLINE

    def nonce(self) -> str:
        """Of this connection's hello: what is signed for another one does not count."""
        return self._nonce

    # --- connecting ------------------------------------------------------------------------------------------------

    def _start(self, _: Started, tx: Transaction) -> None:
        self._schedule(None, tx)

    def _schedule(self, cause: Refusal | None, tx: Transaction, *, welcomed: bool = False) -> None:
        told = json.loads(tx.get("reconnect") or "{}")
        self._serial += 1
        pause = wait_s(
            cause, self._failures, spread_s=told.get("spread_s", DEFAULT_SPREAD_S),
            cap_s=told.get("cap_s") or DEFAULT_CAP_S, chance=self._chance, welcomed=welcomed,
        )  # fmt: skip
        self._bus.after(pause, ConnectDue(self._serial))

    def _connect(self, due: ConnectDue, tx: Transaction) -> None:
        if due.serial != self._serial or self.phase is not Phase.DOWN:
            return
        self._sess = int(tx.get("sess") or 0) + 1
        tx.put("sess", str(self._sess))
        self._nonce = base64.urlsafe_b64encode(self._chance.randbytes(16)).decode().rstrip("=")
        self.phase, self._lasted = Phase.CONNECTING, False
        will = Status(tid=self._tid, state="offline", sess=self._sess, boot=tx.stamp.boot, reason="lwt")
        topic, version = self._topics.up(self._tid, Up.STATUS), self._mqtt.choose(tx)
        will_there, place = Will(topic, payload(will)), other_broker.place(tx)
        tx.after_commit(Connect(self._sess, version, will_there, self._keepalive_s, self.tries_next, place))

    def _down(self, down: CloudDown, tx: Transaction) -> None:
        if down.sess != self._sess or self.phase is Phase.DOWN:
            return
        was, self.phase = self.phase, Phase.DOWN
        tried_next, self.tries_next = self.tries_next, False
        if tried_next and was is not Phase.ONLINE:
            self._back(down.reason, tx)
            return
        if was is not Phase.ONLINE:
            other_broker.failed(tx)
        cause = self._mqtt.cause(down)
        first_loss = was is Phase.ONLINE and not self._failures
        self._failures += not first_loss
        self._schedule(cause, tx, welcomed=was is Phase.ONLINE)
        # A good connection that ends is no failed attempt; one that did not last a minute is.
        self._failures += first_loss and not self._lasted
        _log.info("link down: %s", down.reason)
        if was is Phase.ONLINE:
            self._said_offline = True
            tx.after_commit(LinkLost())
            tx.after_commit(Say("sys.offline", Tone.ATTENTION))
        if cause in FOR_A_PERSON or cause is Refusal.CLOCK:
            tx.after_commit(LinkRefused(down.reason, cause))
        elif down.cause is Refusal.PROTOCOL_VERSION:
            self._mqtt.refused(cause, tx)

    def _failed(self, failed: MessageFailed, tx: Transaction) -> None:
        """A step of ours was rolled back (a full disk): whatever half was done, the link starts over."""
        if isinstance(failed.message, ConnectDue | CloudUp | CloudDown | Welcome):
            self.phase, self.tries_next = Phase.DOWN, False
            self._failures += 1
            self._schedule(Refusal.NETWORK, tx)
            tx.after_commit(LinkLost())
            tx.after_commit(Disconnect())

    def _try_early(self, _: SaleBooked, tx: Transaction) -> None:
        """A customer stands at the box: one attempt ahead of its time, at most once a minute (contract B1)."""
        if self.phase is Phase.DOWN and self._serial and tx.stamp.mono - self._early_mono >= EARLY_EVERY_S:
            self._early_mono = tx.stamp.mono
            self._serial += 1
            self._bus.after(0, ConnectDue(self._serial))

    # --- another certificate (P17) ---------------------------------------------------------------------------------

    def _certificate(self, known: CertificateKnown, tx: Transaction) -> None:
        self._certificate_ends_at = known.ends_at

    def _try_next(self, _: TryNextPair, tx: Transaction) -> None:
        if self.phase is not Phase.ONLINE or self.tries_next:
            return
        self.phase, self.tries_next = Phase.DOWN, True
        tx.after_commit(LinkLost())
        tx.after_commit(Disconnect())
        self._serial += 1
        self._bus.after(0, ConnectDue(self._serial))
        self._bus.after(NEXT_PAIR_S, NextPairLate(self._serial))

    def _next_is_late(self, late: NextPairLate, tx: Transaction) -> None:
        if self.tries_next and late.serial == self._serial and self.phase is not Phase.ONLINE:
            self.phase, self.tries_next = Phase.DOWN, False
            tx.after_commit(Disconnect())
            self._back("no welcome", tx)

    def _back(self, reason: str, tx: Transaction) -> None:
        """With the certificate that was good before, and no blame for it."""
        self._schedule(None, tx)
        tx.after_commit(NextPairFailed(reason))

    # --- hello and welcome -----------------------------------------------------------------------------------------

    def _greet(self, up: CloudUp, tx: Transaction) -> None:
        if up.sess != self._sess:
            return
        self._mqtt.connected(tx)
        self.phase = Phase.GREETING
        self._announce(tx)

    def _rebirth(self, _: Rebirth | GreetAgain, tx: Transaction) -> None:
        if self.phase in (Phase.GREETING, Phase.ONLINE):
            self._announce(tx)

    def _redirect(self, redirect: Redirect, tx: Transaction) -> None:
        """To a host that this box's own file allows, spread as the message says (P19); else it stays where it is."""
        if self._redirected_sess == self._sess or self.phase is Phase.DOWN:
            return  # one answer a connection, however often the cloud says it
        self._redirected_sess = self._sess
        if not other_broker.followed(redirect, self._suffixes, tx, lasted=self._lasted):
            return
        self._failures += not self._lasted
        self.phase = Phase.DOWN
        tx.after_commit(LinkLost())
        tx.after_commit(Disconnect())
        self._serial += 1
        pause = self._chance.uniform(0, redirect.spread_s)
        if self._failures:
            pause += wait_s(Refusal.NETWORK, self._failures, spread_s=0, cap_s=DEFAULT_CAP_S, chance=self._chance)
        self._bus.after(pause, ConnectDue(self._serial))

    def _announce(self, tx: Transaction) -> None:
        stamp = tx.stamp
        status = Status(tid=self._tid, state="online", sess=self._sess, boot=stamp.boot, at=iso_ms(stamp.at))
        tx.after_commit(Publish(self._topics.up(self._tid, Up.STATUS), payload(status), qos=1, retain=True))
        self._hello(HELLO_FIRST_S, tx)

    def _hello(self, again_s: float, tx: Transaction) -> None:
        stamp, outbox = tx.stamp, tx.outbox
        positions = {stream: outbox.position(stream) for stream in Stream}
        past = tuple(PastEpoch.model_validate({"epoch": epoch, "acked": acked}) for epoch, acked in outbox.past())
        hello = Hello(
            tid=self._tid, sess=self._sess, nonce=self._nonce, boot=stamp.boot, app=self._version, proto=(1,),
            caps=CAPS, epoch=outbox.epoch,
            streams={
                s.value: StreamPosition(first=outbox.oldest(s), head=p.head, acked=p.acked)
                for s, p in positions.items()
            },
            cfg_ver=int(tx.get("cfg_ver") or 0), cat_ver=self._catalogue.version,
            clock=ClockReading(src=_SOURCES[stamp.clk], at=iso_ms(stamp.at), up=stamp.up_ms),
            ctr=int(tx.get("ctr") or 0), past=past,
        )  # fmt: skip
        if self._certificate_ends_at is not None:
            hello = hello.model_copy(update={"cert_exp": iso_ms(self._certificate_ends_at)})
        tx.after_commit(Publish(self._topics.up(self._tid, Up.HELLO), payload(hello), qos=1))
        self._greeting = True
        self._hello_serial += 1
        self._bus.after(again_s, HelloDue(self._hello_serial, again_s))

    def _hello_again(self, due: HelloDue, tx: Transaction) -> None:
        """Until a welcome comes, after a rebirth too (contract B2)."""
        if due.serial == self._hello_serial and self._greeting and self.phase in (Phase.GREETING, Phase.ONLINE):
            self._hello(min(due.wait_s * 2, HELLO_LAST_S), tx)

    def _welcome(self, welcome: Welcome, tx: Transaction) -> None:
        """Only an answer to this session and epoch counts; what it says of the past may begin a new epoch."""
        outbox = tx.outbox
        if self.phase not in (Phase.GREETING, Phase.ONLINE):
            return
        if welcome.sess != self._sess or welcome.epoch != outbox.epoch:
            _log.info("a welcome for session %d, epoch %s is not mine", welcome.sess, welcome.epoch)
            return
        self._raise_counters(welcome, tx)
        if why := restored(welcome, tx):
            self._rotate(why, tx)
            return
        self._greeting = False
        for stream in Stream:
            outbox.acknowledge(stream, welcome.upto.get(stream.value, 0))
        if welcome.reconnect is not None:
            tx.put("reconnect", json.dumps(welcome.reconnect.model_dump()))
        if self.phase is Phase.GREETING:
            self.phase = Phase.ONLINE
            self._bus.after(STABLE_S, Stable(self._sess))
            if self._said_offline:
                self._said_offline = False
                tx.after_commit(Say("sys.online"))
            known = ", ".join(f"{stream} {upto}" for stream, upto in welcome.upto.items())
            _log.info("welcome: session %d, the cloud holds %s", self._sess, known)
        tx.after_commit(Welcomed(welcome))

    def _raise_counters(self, welcome: Welcome, tx: Transaction) -> None:
        """A box restored from an old copy would reuse numbers that the cloud has seen (decisions 4)."""
        for key, least in (("sess", welcome.sess_min), ("ctr", welcome.ctr_min)):
            if least is not None and int(tx.get(key) or 0) < least:
                tx.put(key, str(least))

    def _rotate(self, why: str, tx: Transaction) -> None:
        new = ulid(tx.stamp.at, self._chance)
        old = tx.outbox.rotate(new)
        if self.phase is Phase.ONLINE:
            # Before the record, which calls `Sync`: no batch of the new epoch before its own welcome (P1).
            tx.after_commit(LinkLost())
        tx.append(SequenceRotated(old, new, why))
        _log.warning("this box was restored from an older copy (%s): epoch %s begins", why, new)
        self.phase = Phase.GREETING
        self._hello(HELLO_FIRST_S, tx)

    def _stable(self, stable: Stable, tx: Transaction) -> None:
        if stable.serial == self._sess and self.phase is Phase.ONLINE:
            self._failures, self._lasted = 0, True
            other_broker.stood(tx)

    # --- stopping --------------------------------------------------------------------------------------------------

    def farewell(self, at: datetime, boot: int, reason: str) -> Disconnect:
        """The planned stop (P18): `sleep` instead of the will."""
        if self.phase not in (Phase.GREETING, Phase.ONLINE):
            return Disconnect()
        status = Status(tid=self._tid, state="sleep", sess=self._sess, boot=boot, at=iso_ms(at), reason=reason)
        return Disconnect(Will(self._topics.up(self._tid, Up.STATUS), payload(status)))


def restored(welcome: Welcome, tx: Transaction) -> str:
    """Why this box must be an old copy of itself; empty when it is not (P6, decisions 4)."""
    for stream in Stream:
        head = tx.outbox.position(stream).head
        upto = welcome.upto.get(stream.value, 0)
        if upto > head:
            return f"the cloud holds {stream} up to {upto}, this box up to {head}"
        last = (welcome.last or {}).get(stream.value)
        if last is None:
            continue
        if last.seq > head:
            return f"the cloud holds {stream} {last.seq}, which this box does not have"
        mine = tx.outbox.row_id(stream, last.seq)
        if mine is not None and mine != last.id:
            return f"{stream} {last.seq} is another record in the cloud"
    return ""
