"""Two terminals at one broker: what one may hear of the other, and whether one can speak as the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from edge.codec.json_text import pack_object
from edge.codec.topics import Up
from edge.codec.wire_down import Ack
from edge.errors import CloudError
from edge.sim.conformance.finding import Check, Outcome, failed, not_seen, passed
from edge.sim.conformance.probe import Identity, Probe
from edge.sim.conformance.scene import SETTLE_S, Scene

ALONE = "there is no second terminal: name one with --other-tid, and its certificate where the broker wants one"
PLAIN = "over mqtt:// a broker cannot tell terminals apart: try it with mqtts:// and two certificates"


def _apart(scene: Scene) -> Outcome:
    return _beside(scene, scene.other, _hears_nothing)


def _hears_nothing(scene: Scene, other: Probe) -> Outcome:
    box = scene.greeted(head=2)
    scene.tell(box, list(box.events(1, 2)), base=1, upto=2)
    since = len(other.heard)
    theirs = scene.box(other.tid)
    other.send(Up.HELLO, theirs.hello(other.sess, head=1))
    other.send(Up.TX, theirs.batch([theirs.event(1)], base=1))
    other.listen(SETTLE_S)
    foreign = [topic for topic, _ in other.raw if f"/{other.tid}/" not in f"/{topic}"]
    if foreign:
        return failed("nothing on another terminal's topics", foreign[0])
    acks = [h.message for h in other.heard[since:] if isinstance(h.message, Ack)]
    if any(ack.epoch != theirs.epoch for ack in acks):
        return failed("acks of its own epoch", "an ack of the other terminal")
    return passed("each hears its own")


def _foreign(scene: Scene) -> Outcome:
    """A batch on this terminal's topic that says it is another's."""
    box = scene.greeted(head=1)
    since = scene.now
    scene.probe.send_raw(Up.TX, pack_object(box.batch([box.event(1)], base=1) | {"tid": "ZZZZ9999"}))
    scene.probe.listen(SETTLE_S)
    told = [
        heard.message for heard in scene.probe.heard[since:]
        if isinstance(heard.message, Ack) and heard.message.epoch == box.epoch and heard.message.upto
    ]  # fmt: skip
    if told:
        return failed("no ack for a batch whose tid is not its topic's", f"upto {told[0].upto}")
    return passed("not acknowledged")


def _eavesdrop(scene: Scene) -> Outcome:
    if scene.other is None:
        return not_seen(ALONE)
    if not scene.identity.broker.url.startswith("mqtts"):
        return not_seen(PLAIN)
    return _beside(scene, replace(scene.other, listens_to=scene.identity.tid), _hears_other)


def _hears_other(scene: Scene, other: Probe) -> Outcome:
    box = scene.greeted(head=1)
    scene.tell(box, [box.event(1)], base=1, upto=1)
    other.listen(SETTLE_S)
    if other.raw:
        return failed(f"{other.tid} hears nothing of {scene.identity.tid}", f"{len(other.raw)} messages")
    return passed(f"{other.tid} subscribed to {scene.identity.tid} and heard nothing")


def _forge(scene: Scene) -> Outcome:
    if scene.other is None:
        return not_seen(ALONE)
    if not scene.identity.broker.url.startswith("mqtts"):
        return not_seen(PLAIN)
    return _beside(scene, scene.other, _speaks_as_other)


def _speaks_as_other(scene: Scene, other: Probe) -> Outcome:
    box, since = scene.greeted(head=1), scene.now
    other.send_raw(Up.TX, pack_object(box.batch([box.event(1)], base=1)), tid=scene.identity.tid)
    other.listen(SETTLE_S)
    scene.probe.listen(SETTLE_S)
    if any(isinstance(h.message, Ack) and h.message.epoch == box.epoch for h in scene.probe.heard[since:]):
        return failed(f"what {other.tid} publishes as {scene.identity.tid} does not arrive", "it was acknowledged")
    return passed(f"{other.tid} published as {scene.identity.tid}, and nothing was acknowledged")


def _beside(scene: Scene, identity: Identity | None, look: Callable[[Scene, Probe], Outcome]) -> Outcome:
    if identity is None:
        return not_seen(ALONE)
    other = scene.terminal(identity)
    try:
        other.connect()
        return look(scene, other)
    except CloudError as error:
        if identity.listens_to:
            return passed(f"the broker refused the subscription: {error.got}")
        return not_seen(f"the second terminal has no session: {error.got}")
    finally:
        other.close()


CHECKS = (
    Check("apart", "each terminal hears its own", "How it goes: the broker must let",
          "Answer on the topics of the tid that the topic named, never on a shared one.", _apart),
    Check("foreign tid", "a batch that names another terminal is not taken", "Topics",
          "Believe the topic, which the broker checked; refuse a payload whose tid differs: auth.denied.", _foreign),
    Check("eavesdropping", "the broker lets none hear another's topics", "How it goes: the broker must let",
          "Give the broker a pattern ACL: read stores/v1/%u/dn/#. See docs/engines.md.", _eavesdrop),
    Check("forging", "the broker lets none speak as another", "How it goes: the broker must let",
          "Give the broker a pattern ACL: write stores/v1/%u/up/#. See docs/engines.md.", _forge),
)  # fmt: skip
