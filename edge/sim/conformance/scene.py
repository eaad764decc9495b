"""Where the checks play: the terminal that they speak as, how long they wait, what has been sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from edge.clock import Clock
from edge.codec.json_text import pack_object
from edge.codec.topics import Topics, Up
from edge.codec.wire_down import Ack, Resend, Welcome
from edge.errors import CloudError
from edge.model.ids import Ids
from edge.sim.conformance.box import Box, Wire
from edge.sim.conformance.probe import Identity, Probe

ACK_WITHIN_S = 2.0
"""The contract's own limit for an acknowledgement."""
SETTLE_S = 1.0
"""So long nothing must come that would be wrong."""
DISCOURAGED_S = 0.5
"""Once no welcome came, the others are not waited for as long."""


@dataclass
class Scene:
    """`patience_s`: how long other answers than acks may take. `other`: a second terminal, where there is one."""

    identity: Identity
    other: Identity | None
    topics: Topics
    clock: Clock
    chance: Random
    folder: Path
    patience_s: float
    pressed: Callable[[], bool] | None = None
    """Whether a person pressed Enter since; None: nobody is there to kill the cloud."""
    sent: dict[tuple[str, str], int] = field(default_factory=dict)
    """By (epoch, stream): the highest row that was sent."""
    slowest_s: float = 0.0
    acks: int = 0
    reborn: bool | None = None
    """Whether a cloud that was killed asked for a hello; None: none was killed."""

    def __post_init__(self) -> None:
        self.ids = Ids(self.chance)
        self.probe = self.terminal(self.identity)
        self._discouraged = False

    def terminal(self, identity: Identity) -> Probe:
        """One more session; whoever asks closes it."""
        # Seconds of now: above all that an earlier try has used, since who hears a status of a lower sess ignores it.
        return Probe(identity, self.topics, self.clock, self.chance, sess=int(self.clock.wall().timestamp()))

    def box(self, tid: str = "") -> Box:
        """A database that was made just now."""
        return Box(tid or self.identity.tid, self.clock, self.chance, self.ids)

    def greet(
        self, box: Box, *, sess: int | None = None, head: int = 0, acked: int = 0, **more: object
    ) -> Welcome | None:
        """Say hello; None: nobody welcomed it."""
        since = len(self.probe.heard)
        told = box.hello(self.probe.sess if sess is None else sess, head=head, acked=acked, **more)
        self.probe.send(Up.HELLO, told)
        welcome = self.probe.wait(
            Welcome, lambda welcome: (welcome.sess, welcome.epoch) == (told["sess"], box.epoch), since=since,
            within_s=DISCOURAGED_S if self._discouraged else self.patience_s,
        )  # fmt: skip
        self._discouraged = welcome is None
        return welcome

    def greeted(self, *, head: int = 0, acked: int = 0) -> Box:
        """A new database that has said hello, welcomed or not: one check more must not fail for that."""
        box = self.box()
        self.greet(box, head=head, acked=acked)
        return box

    def tell(
        self, box: Box, events: list[Wire] | list[object], *, base: int, upto: int, stream: str = "tx",
        octets: bytes | None = None, is_timed: bool = True, **more: object,
    ) -> int | None:  # fmt: skip
        """Send a batch; returns `upto` once it is acknowledged, else what the newest ack says. None: no ack.

        `octets`: the batch as it is sent, where it is not packed as terminals do.
        `is_timed`: whether its ack must be swift.
        """
        batch = box.batch(events, base=base, stream=stream, **more)
        lane = box.epoch, stream
        self.sent[lane] = max(self.sent.get(lane, 0), base + batch["n"] - 1)
        since, begun = len(self.probe.heard), self.clock.mono() if is_timed else None
        self.probe.send_raw(Up(stream), pack_object(batch) if octets is None else octets)
        return self.acked(box, upto, since=since, stream=stream, begun=begun)

    def acked(self, box: Box, upto: int, *, since: int, stream: str = "tx", begun: float | None = None) -> int | None:
        """See `tell`."""
        newest: list[int] = []

        def fits(ack: Ack) -> bool:
            if (ack.epoch, ack.stream) != (box.epoch, stream):
                return False
            newest.append(ack.upto)
            return ack.upto == upto

        found = self.probe.wait(Ack, fits, since=since, within_s=max(ACK_WITHIN_S, self.patience_s))
        if found is not None and begun is not None:
            self.acks += 1
            self.slowest_s = max(self.slowest_s, self.clock.mono() - begun)
        return newest[-1] if newest else None

    def resend(self, box: Box, *, since: int, seq: int) -> Resend | None:
        """An order for rows that begins at or before `seq` and reaches it; None: none came."""
        return self.probe.wait(
            Resend, lambda order: order.epoch == box.epoch and order.stream == "tx" and order.lo <= seq <= order.hi,
            since=since, within_s=self.patience_s,
        )  # fmt: skip

    @property
    def now(self) -> int:
        """The place in what was heard from which on something is waited for."""
        return len(self.probe.heard)

    def open(self) -> None:
        """Raises CloudError: without a session nothing can be tried."""
        try:
            self.probe.connect()
        except CloudError as error:
            cure = "Is the broker there, may this terminal connect, and does its certificate name it?"
            raise CloudError(error.what, where=self.identity.broker.url, got=error.got, cure=cure) from error

    def close(self) -> None:
        self.probe.close()
