"""What arrives, in transactions of many messages; what is answered, after their commit. Knows no MQTT client.

take(topic, payload) …  take(topic, payload)      one open transaction
commit() → messages to publish                    COMMIT, and only then acks, welcomes, resends, answers
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from edge.clock import Clock, iso_ms
from edge.codec.topics import Topics
from edge.codec.wire import read_up
from edge.codec.wire_down import CatNotice, CatOp, Response
from edge.codec.wire_identity import SIGN
from edge.codec.wire_parcel import AUTHORIZE, EXPECT, GRANT, QUOTE, Expected
from edge.codec.wire_purchase import CHANGED as ORDER_CHANGED
from edge.codec.wire_service import CHANGED as SERVICE_CHANGED
from edge.codec.wire_term import Message, fault
from edge.codec.wire_up import BatchHead, CfgReported, Hello, Request, Result, Status, Tele
from edge.errors import StoreError, WireError
from edge.messages import Publish
from edge.model.licence import Licence
from edge.reference_cloud.answers import Answers
from edge.reference_cloud.catalogues import Catalogues
from edge.reference_cloud.configs import Configs
from edge.reference_cloud.downward import ack_of, published
from edge.reference_cloud.handed import Handed
from edge.reference_cloud.intake import Arrival, Intake, StoredSale
from edge.reference_cloud.keeping import Keeping
from edge.reference_cloud.lender import Lender
from edge.reference_cloud.licensing import KINDS as LICENCE_KINDS
from edge.reference_cloud.licensing import PUT, Licensing
from edge.reference_cloud.licensing import TTL_S as LICENCE_TTL_S
from edge.reference_cloud.orders import OTHER_SESSION, Orders
from edge.reference_cloud.parcels import KINDS as PARCEL_KINDS
from edge.reference_cloud.parcels import Parcels
from edge.reference_cloud.providers import KINDS as SERVICE_KINDS
from edge.reference_cloud.providers import Providers
from edge.reference_cloud.refusals import Refusals
from edge.reference_cloud.registry import Registry
from edge.reference_cloud.renewals import Renewals
from edge.reference_cloud.rollouts import Rollouts
from edge.reference_cloud.seal import Seal, Sealed, Signer
from edge.reference_cloud.sending import Sending
from edge.reference_cloud.sessions import SPREAD_S, Sessions
from edge.reference_cloud.store import CloudStore
from edge.reference_cloud.suppliers import KINDS as PURCHASE_KINDS
from edge.reference_cloud.suppliers import NEWS_TTL_S, Suppliers
from edge.reference_cloud.wallets import KINDS as WALLET_KINDS
from edge.reference_cloud.wallets import Wallets

GRANT_S = 30
"""Whoever shows a code stands at the counter."""


class Ingest:
    """One thread calls everything here. `told` hears of each new sale after its commit. `authority`: what signs.

    `spread_s`: over how long terminals come back after a loss.
    """

    def __init__(
        self, store: CloudStore, clock: Clock, chance: Random, *, topics: Topics | None = None,
        told: Callable[[StoredSale], None] | None = None, signer: Signer | None = None, authority: Path | None = None,
        spread_s: int = SPREAD_S,
    ) -> None:  # fmt: skip
        self._store = store
        self._clock = clock
        self._topics = topics or Topics()
        self._told = told
        self._intake = Intake(store)
        self._sessions = Sessions(store, self._intake, clock, chance, spread_s=spread_s)
        self._catalogues = Catalogues(store, clock)
        self._orders = Orders(store, clock, chance, signs=signer is not None)
        self._configs = Configs(store, clock, signer)
        self._handed = Handed(store, self._catalogues, clock, self._configs)
        self._rollouts = Rollouts(store, self._orders, clock)
        self._answers = Answers(store, self._catalogues)
        self._refusals = Refusals(store, self._intake, self._topics)
        self._wallets = Wallets(store, clock)
        self._parcels = Parcels(store, clock)
        self._sending = Sending(store)
        self._licensing = Licensing(store)
        self._lender = Lender(store, clock)
        self._suppliers = Suppliers(store, clock)
        self._providers = Providers(store, clock)
        self._keeping = Keeping(store, clock)
        self._renewals = Renewals(store, clock, authority, state=Registry(store, clock).trusted)
        self._seal = Seal(store, self._sessions, signer)
        self._hellos: dict[str, Hello] = {}
        self._strangers: set[str] = set()
        self._heard: set[str] = set()
        self._replies: list[Message] = []

    def start(self) -> None:
        """The way to the terminals is open: ask those that we know for a hello."""
        self._sessions.announce()

    def take(self, topic: str, octets: bytes) -> None:
        """One payload, however hostile: it is stored, absorbed, or parked under its code of B6.

        Raises StoreError when the disk fails; then nothing since the last commit is stored or answered.
        """
        at = iso_ms(self._clock.wall())
        try:
            try:
                tid, _, message = read_up(self._topics, topic, octets)
                self._accept(tid, message, Arrival(topic, at))
                if not isinstance(message, Status):
                    self._heard.add(tid)
            except WireError as error:
                self._refusals.refuse(octets, error, Arrival(topic, at))
        except StoreError:
            self._abandon()
            raise

    def commit(self) -> list[Publish]:
        """Make everything taken so far last, and return what may be published now. Raises StoreError."""
        try:
            messages = [sealed for one in self._answered() if (sealed := self._seal.sealed(one)) is not None]
            self._sessions.heard(self._heard)
            self._intake.flush()
            self._store.commit()
        except StoreError:
            self._abandon()
            raise
        sales = self._intake.sales
        self._intake.forget()
        self._hellos, self._strangers, self._heard, self._replies = {}, set(), set(), []
        if self._told is not None:
            for sale in sales:
                self._told(sale)
        return [published(message, self._topics) for message in messages]

    def due(self) -> list[Publish]:
        """What the clock says must be sent now: rebirths, commands without an answer, payments' outcomes."""
        gone = self._keeping.forget() + self._rollouts.due()
        self._renewals.look()
        for tid, news in self._suppliers.due():
            self.order(tid, ORDER_CHANGED, news, ttl_s=NEWS_TTL_S, by="svc:suppliers")
        ends, late = self._providers.due()
        for tid, news in late:
            self.order(tid, SERVICE_CHANGED, news, ttl_s=NEWS_TTL_S, by="svc:providers")
        messages: list[Message] = [
            *self._sessions.due(), *self._orders.due(), *self._handed.due(), *self._wallets.due(), *ends
        ]  # fmt: skip
        if not messages and not self._replies and not gone:
            return []
        self._replies += messages
        return self.commit()

    def next_payment_s(self) -> float | None:
        """Seconds until a payment or a service has an outcome to tell; None: none is under way."""
        turns = (self._wallets.next_turn_s(), self._providers.next_turn_s())
        return min((turn for turn in turns if turn is not None), default=None)

    def publish_catalogue(self, tid: str, ops: Sequence[CatOp]) -> int:
        """Store a delta for one terminal and send it with the next commit; returns its version. Raises WireError."""
        hello = self._sessions.last_hello(tid)
        notice = self._catalogues.publish(tid, ops, since=hello.cat_ver if hello is not None else 0)
        self._replies.append(notice)
        return notice.ver

    def announce_parcels(self, tid: str, parcels: Sequence[Expected], *, ttl_s: int = 3_600) -> str:
        """Know whose these parcels are, and tell the terminal that they will come; returns the command's cid."""
        self._parcels.address(tid, parcels)
        told = [parcel.model_dump(mode="json", exclude_none=True) for parcel in parcels]
        return self.order(tid, EXPECT, {"parcels": told}, ttl_s=ttl_s, by="svc:parcels")

    @property
    def parcels(self) -> Parcels:
        return self._parcels

    def licence(self, licence: Licence, signer: Signer) -> str:
        """A platform's word on a shop, kept and sent with the next commit; returns the command's cid."""
        signed = self._licensing.issue(licence, signer)
        by = f"platform:{licence.platform}"
        return self.order(licence.terminal, PUT, {"licence": signed}, ttl_s=LICENCE_TTL_S, by=by)

    @property
    def suppliers(self) -> Suppliers:
        return self._suppliers

    def order(self, tid: str, kind: str, args: dict[str, Any], *, ttl_s: int, by: str) -> str:
        """Give a command, sent with the next commit, signed where it must be; returns its cid."""
        command = self._orders.order(tid, kind, args, ttl_s=ttl_s, by=by)
        self._replies.append(command)
        return command.cid

    def _accept(self, tid: str, message: object, arrival: Arrival) -> None:
        match message:
            case BatchHead():
                self._take_batch(tid, message, arrival)
            case Hello():
                self._sessions.hello(message)
                self._hellos[tid] = message
            case Status() | Tele() | CfgReported():
                self._sessions.reported(message)
            case Result():
                if not self._orders.answered(message):
                    raise WireError("cmd.unknown", "an answer to a command that was never given", where=arrival.topic)
                if message.err is not None and message.err.code == OTHER_SESSION:
                    self._replies += self._sessions.reborn(tid)
            case Request() if message.type in WALLET_KINDS:
                self._replies += self._wallets.answer(message)
            case Request() if Lender.is_asked(message):
                answered = self._lender.answer(message)
                self._replies += [answered] if answered is not None else []
            case Request() if message.type in SERVICE_KINDS:
                self._replies += self._providers.answer(message)
            case Request() if message.type == AUTHORIZE:
                self._replies.append(self._authorize(message))
            case Request() if message.type in PARCEL_KINDS:
                self._replies.append(self._parcels.answer(message))
            case Request() if message.type == QUOTE:
                self._replies.append(self._sending.answer(message))
            case Request() if message.type in LICENCE_KINDS:
                self._replies.append(self._licensing.answer(message))
            case Request() if message.type in PURCHASE_KINDS:
                self._replies += self._suppliers.answer(message)
            case Request() if message.type == SIGN:
                self._replies.append(self._answers.once(message, self._renewals.signed))
            case Request() if message.type == "cfg.get":
                self._replies.append(self._answers.once(message, self._configs.got))
            case Request():
                answer = self._answers.answer(message)
                self._replies += [answer, *self._following(answer)]
            case _:
                raise WireError("schema.unknown_type", "an unknown message", where=arrival.topic)

    def _following(self, answer: Response) -> list[CatNotice]:
        """What builds on a whole catalogue and is not in force yet."""
        told = answer.out or {}
        return self._catalogues.after(answer.tid, told["ver"]) if told.get("kind") == "full" else []

    def _authorize(self, request: Request) -> Response:
        """The grant leaves inside the answer, signed like a command of class S."""
        try:
            args = self._parcels.granted(request)
            command = self._orders.order(request.tid, GRANT, args, ttl_s=GRANT_S, by="svc:parcels", once=True)
            sealed = self._seal.sealed(command)
            if not isinstance(sealed, Sealed):
                raise WireError("auth.denied", "this cloud has no key to sign a grant with")
        except WireError as error:
            return Response(tid=request.tid, cid=request.cid, ok=False, err=fault(error.code, error.what))
        return Response(tid=request.tid, cid=request.cid, ok=True, out={"grant": sealed.jws})

    def _take_batch(self, tid: str, batch: BatchHead, arrival: Arrival) -> None:
        head = self._sessions.head(tid, epoch=batch.epoch, stream=batch.stream) if batch.gone else 0
        self._intake.take(tid, batch, arrival, head=head)
        self._strangers.add(tid)

    def _answered(self) -> list[Message]:
        """Everything to say once the transaction is safe: welcomes first, then acks, then orders."""
        messages: list[Message] = []
        for tid, hello in self._hellos.items():
            messages += self._greeted(tid, hello)
        for lane in list(self._intake.touched.values()):
            ack = ack_of(lane, iso_ms(self._clock.wall()))
            messages += [ack, *self._sessions.gaps(lane), *self._sessions.filled(lane)]
        for tid in sorted(self._strangers):
            messages += self._sessions.stranger(tid)
        return messages + self._replies

    def _greeted(self, tid: str, hello: Hello) -> list[Message]:
        self._orders.expire()
        pending = self._orders.pending(tid)
        cat_ver = self._catalogues.version(tid) or hello.cat_ver
        wanted = self._configs.wanted(tid)
        cfg_ver = max(hello.cfg_ver, wanted.ver if wanted is not None else 0)
        welcome = self._sessions.welcome(hello, cat_ver=cat_ver, cfg_ver=cfg_ver, pending=len(pending))
        news = [*self._catalogues.after(tid, hello.cat_ver), *self._configs.messages(tid)]
        return [welcome, *self._sessions.losses(hello), *pending, *news, *self._wallets.greeted(tid)]

    def _abandon(self) -> None:
        self._store.rollback()
        self._intake.abandon()
        self._hellos, self._strangers, self._heard, self._replies = {}, set(), set(), []
