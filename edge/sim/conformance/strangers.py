"""Two terminals at one broker: what one may hear of the other, and whether one can speak as the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from edge.codec.json_text import pack_object
from edge.codec.topics import Up
from edge.codec.wire_down import Ack
from edge.errors import CloudError
from edge.messages import Refusal
from edge.sim.conformance.box import Box
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
    if not _is_heard(scene, box):
        return not_seen("nor was a batch with its own tid acknowledged: the silence says nothing")
    return passed("not acknowledged, and one with its own tid was")


def _eavesdrop(scene: Scene) -> Outcome:
    if scene.other is None:
        return not_seen(ALONE)
    if not scene.identity.broker.url.startswith("mqtts"):
        return not_seen(PLAIN)
    spying = replace(scene.other, listens_to=scene.identity.tid)
    return _beside(scene, scene.other, lambda scene, other: _spies(scene, other, spying))


def _spies(scene: Scene, other: Probe, spying: Identity) -> Outcome:
    """`other` has a session with its own topics: what is refused to it now is refused for these topics."""
    other.close()
    spy = scene.terminal(spying)
    try:
        if (refused := _refusal(spy)) is None:
            return _hears_other(scene, spy)
    finally:
        spy.close()
    if spy.cause is Refusal.AUTH:
        return passed(f"the broker refused the subscription: {refused}")
    return not_seen(f"{spy.tid} has a session with its own topics alone, and was not refused the others: {refused}")


def _hears_other(scene: Scene, spy: Probe) -> Outcome:
    box = scene.greeted(head=1)
    upto = scene.tell(box, [box.event(1)], base=1, upto=1)
    spy.listen(SETTLE_S)
    # What its own topics bring is no matter: a broker that keeps sessions keeps their subscriptions.
    heard = sum(f"/{scene.identity.tid}/" in f"/{topic}" for topic, _ in spy.raw)
    if heard:
        return failed(f"{spy.tid} hears nothing of {scene.identity.tid}", f"{heard} messages")
    if upto != 1:
        return not_seen(f"{scene.identity.tid} itself got no ack: there was nothing to hear")
    if spy.losses:
        return not_seen(f"the broker ended the session of {spy.tid} meanwhile")
    return passed(f"{spy.tid} subscribed to {scene.identity.tid} and heard nothing")


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
    if not _is_heard(scene, box):
        return not_seen(f"nor was it acknowledged to {scene.identity.tid} itself: the silence says nothing")
    return passed(f"{other.tid} published as {scene.identity.tid}, and nothing was acknowledged but its own")


def _is_heard(scene: Scene, box: Box) -> bool:
    """Whether a good batch of the same epoch is acknowledged to this terminal."""
    return scene.tell(box, [box.event(1)], base=1, upto=1) == 1


def _beside(scene: Scene, identity: Identity | None, look: Callable[[Scene, Probe], Outcome]) -> Outcome:
    if identity is None:
        return not_seen(ALONE)
    other = scene.terminal(identity)
    try:
        refused = _refusal(other)
        return look(scene, other) if refused is None else not_seen(f"the second terminal has no session: {refused}")
    finally:
        other.close()


def _refusal(probe: Probe) -> str | None:
    """None: it is connected."""
    try:
        probe.connect()
    except CloudError as error:
        return error.got or error.what
    return None


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
