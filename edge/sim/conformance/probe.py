"""A terminal whose every word is chosen: the box's own MQTT session, and all that came down, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from edge.channel import open_port
from edge.clock import Clock, iso_ms
from edge.cloud.session import Broker, CloudSession
from edge.codec.json_text import pack_object
from edge.codec.topics import Down, Topics, Up
from edge.codec.wire import Downward, read_down
from edge.codec.wire_up import Status
from edge.errors import CloudError, WireError
from edge.messages import CloudDown, CloudMessage, CloudUp, Connect, Publish, Refusal, Will
from edge.ports import DeviceContext
from edge.services.mqtt_version import MQTT_5, MQTT_311
from edge.worker import CommandQueue

CONNECT_WITHIN_S = 20.0
KEEPALIVE_S = 120

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who connects where. `listens_to`: another terminal whose topics it tries to hear instead of its own."""

    tid: str
    broker: Broker
    listens_to: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    leaf: Down
    message: Downward
    at_mono: float


class Probe:
    """One thread calls everything. `heard` grows and is never emptied: who waits says from which place on."""

    def __init__(self, identity: Identity, topics: Topics, clock: Clock, chance: Random, *, sess: int) -> None:
        self.tid = identity.tid
        self.sess = sess
        self.heard: list[Heard] = []
        self.unreadable: list[str] = []
        self.raw: list[tuple[str, bytes]] = []
        """All that came, as it came."""
        self.losses = 0
        """How often the broker ended the session."""
        self._topics = topics
        self._clock = clock
        self._version = MQTT_5
        self._up = False
        self._down: CloudDown | None = None
        self._inbox = CommandQueue()
        context = DeviceContext("cloud", self._posted, clock, chance, open_port, self._inbox)
        subscription = topics.terminal_filter(identity.listens_to or identity.tid)
        self._session = CloudSession(identity.broker, identity.tid, subscription, context)

    @property
    def cause(self) -> Refusal | None:
        """Why there is no session; None: there is one, or silence."""
        return self._down.cause if self._down is not None else None

    def connect(self) -> None:
        """A new session, in 3.1.1 where the broker does not speak MQTT 5. Raises CloudError."""
        self._session.open()
        for _ in range(2):
            self.sess += 1
            self._up, self._down = False, None
            will = Will(self._topics.up(self.tid, Up.STATUS), pack_object(self._status("offline")))
            self._inbox.put(Connect(self.sess, self._version, will, KEEPALIVE_S))
            end_mono = self._clock.mono() + CONNECT_WITHIN_S
            while not self._up and self._down is None and self._clock.mono() < end_mono:
                self._session.pump()
            if self._up:
                self.send(Up.STATUS, self._status("online"))
                return
            if self._version == MQTT_311 or self.cause not in (
                Refusal.PROTOCOL_VERSION, Refusal.CLOSED_BEFORE_CONNACK,
            ):  # fmt: skip
                break
            self._version = MQTT_311
        raise CloudError("no session with the broker", got=self._down.reason if self._down is not None else "silence")

    def send(self, leaf: Up, message: Mapping[str, object]) -> None:
        self.send_raw(leaf, pack_object(message))

    def send_raw(self, leaf: Up, octets: bytes, *, tid: str = "") -> None:
        """Connects again when the broker has ended the session. `tid`: on the topic of another terminal."""
        if not self._up:
            self.connect()
        self._inbox.put(Publish(self._topics.up(tid or self.tid, leaf), octets, 1, token="sent"))
        self._turn_until(lambda: True, 0.0)

    def wait(self, kind: type[Kind], wanted: Callable[[Kind], bool], *, since: int, within_s: float) -> Kind | None:
        """The first message of this kind that fits, from the place `since` of `heard` on; None: none came in time."""
        found: list[Kind] = []
        looked = since

        def there() -> bool:
            nonlocal looked
            while looked < len(self.heard) and not found:
                message = self.heard[looked].message
                looked += 1
                if isinstance(message, kind) and wanted(message):
                    found.append(message)
            return bool(found)

        self._turn_until(there, within_s)
        return found[0] if found else None

    def listen(self, seconds: float) -> None:
        """Hear whatever comes in this time."""
        self._turn_until(lambda: False, seconds)

    def close(self) -> None:
        self._session.close()
        self._up = False

    def _status(self, state: str) -> dict[str, object]:
        at = {} if state == "offline" else {"at": iso_ms(self._clock.wall())}
        told = {"tid": self.tid, "state": state, "sess": self.sess, "boot": 1, **at}
        return Status.model_validate(told).wire()

    def _turn_until(self, done: Callable[[], bool], within_s: float) -> None:
        end_mono = self._clock.mono() + within_s
        while True:
            self._session.pump()
            if done() or not self._up or self._clock.mono() >= end_mono:
                return

    def _posted(self, message: object) -> None:
        match message:
            case CloudUp():
                self._up = True
            case CloudDown():
                self.losses += self._up
                self._up, self._down = False, message
            case CloudMessage(topic, payload):
                self._received(topic, payload)

    def _received(self, topic: str, payload: bytes) -> None:
        self.raw.append((topic, payload))
        try:
            _, leaf, read = read_down(self._topics, topic, payload)
        except WireError as error:
            self.unreadable.append(f"{error.code} on {topic}: {error}")
            return
        self.heard.append(Heard(leaf, read, self._clock.mono()))
