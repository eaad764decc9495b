"""One of several that take in what terminals say: batches, hellos, what they report of themselves. Knows no broker.

It is right however the messages are shared out: a lane that changes is locked until its commit, and what this process
remembers from one transaction to the next is only what it has asked lately. It gives no commands and answers no
requests: those belong to a service of their own, and a terminal that asks here is told so.
"""

from __future__ import annotations

from random import Random

from edge.clock import Clock, iso_ms
from edge.codec.topics import Topics
from edge.codec.wire import read_up
from edge.codec.wire_down import Response
from edge.codec.wire_term import Message, fault
from edge.codec.wire_up import BatchHead, CfgReported, Hello, Request, Status, Tele
from edge.errors import StoreError, WireError
from edge.messages import Publish
from edge.reference_cloud.downward import ack_of, published
from edge.reference_cloud.intake import Arrival, Intake
from edge.reference_cloud.refusals import Refusals
from edge.reference_cloud.rows import Rows
from edge.reference_cloud.sessions import SPREAD_S, Sessions


class WorkerIngest:
    """One thread calls everything here. After a StoreError nothing since the last commit is stored or answered.

    Rows are locked in the order in which messages are taken: who takes them by terminal waits for others in no circle.
    """

    def __init__(self, store: Rows, clock: Clock, chance: Random, topics: Topics, *, spread_s: int = SPREAD_S) -> None:
        self._store = store
        self._clock = clock
        self._topics = topics
        self._intake = Intake(store, alone=False)
        self._sessions = Sessions(store, self._intake, clock, chance, spread_s=spread_s)
        self._refusals = Refusals(store, self._intake, topics)
        self._hellos: dict[str, Hello] = {}
        self._senders: set[str] = set()
        self._replies: list[Message] = []

    def take(self, topic: str, octets: bytes) -> None:
        """One payload, however hostile: it is stored, absorbed, or parked under its code of B6. Raises StoreError."""
        arrival = Arrival(topic, iso_ms(self._clock.wall()))
        try:
            tid, _, message = read_up(self._topics, topic, octets)
            self._accept(tid, message, arrival)
            if not isinstance(message, Status):
                self._sessions.heard((tid,))
        except WireError as error:
            self._refusals.refuse(octets, error, arrival)

    def set_aside(self, topic: str, octets: bytes, error: StoreError) -> None:
        """Keep for a person what the database will not take, however often. Raises StoreError."""
        unfit = WireError("schema.invalid", f"the database does not take it: {error}", where=topic)
        self._refusals.refuse(octets, unfit, Arrival(topic, iso_ms(self._clock.wall())))

    def commit(self) -> list[Publish]:
        """Make everything taken so far last, and return what may be published now. Raises StoreError."""
        messages = self._answered()
        self._intake.flush()
        self._store.commit()
        self._intake.forget()
        self._forget()
        return [published(message, self._topics) for message in messages]

    def abandon(self) -> None:
        """After a StoreError: everything since the last commit must be taken again."""
        self._store.rollback()
        self._intake.abandon()
        self._forget()

    def _accept(self, tid: str, message: object, arrival: Arrival) -> None:
        match message:
            case BatchHead():
                head = self._sessions.head(tid, epoch=message.epoch, stream=message.stream) if message.gone else 0
                self._intake.take(tid, message, arrival, head=head)
                self._senders.add(tid)
            case Hello():
                for stream in message.streams:  # before the terminal's own row, in which order a batch needs them, too
                    self._intake.lane(tid, message.epoch, stream)
                self._sessions.hello(message)
                self._hellos[tid] = message
            case Status() | Tele() | CfgReported():
                self._sessions.reported(message)
            case Request():
                told = fault("cmd.unknown", f"these workers do not answer {message.type}")
                self._replies.append(Response(tid=tid, cid=message.cid, ok=False, err=told))
            case _:
                raise WireError("cmd.unknown", "nobody here gave a command", where=arrival.topic)

    def _answered(self) -> list[Message]:
        messages: list[Message] = []
        for hello in self._hellos.values():
            welcome = self._sessions.welcome(hello, cat_ver=hello.cat_ver, cfg_ver=hello.cfg_ver, pending=0)
            messages += [welcome, *self._sessions.losses(hello)]
        for lane in list(self._intake.touched.values()):
            ack = ack_of(lane, iso_ms(self._clock.wall()))
            messages += [ack, *self._sessions.gaps(lane), *self._sessions.filled(lane)]
        for tid in sorted(self._senders):
            # Another worker may have heard its hello: the database knows.
            if self._sessions.last_hello(tid) is None:
                messages += self._sessions.reborn(tid)
        return messages + self._replies

    def _forget(self) -> None:
        self._hellos, self._senders, self._replies = {}, set(), []
