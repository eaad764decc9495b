"""What is bad, foreign or broken: kept apart, told, and never in the way of what is good."""

from __future__ import annotations

import gzip

from edge.codec.json_text import MAX_WIRE_OCTETS, compact
from edge.codec.topics import Up
from edge.codec.wire_down import Ack
from edge.sim.conformance.finding import Check, Outcome, failed, not_seen, passed
from edge.sim.conformance.scene import Scene
from edge.sim.conformance.watermark import upto_is

UNKNOWN = "bell.rung"
"""No release has this event."""
OVERSIZED = MAX_WIRE_OCTETS + 6_000


def _parked(scene: Scene, events: list[object], *, what: str) -> Outcome:
    """Row 1 is good, then come `events`, then a good one: the watermark must pass them all."""
    box = scene.greeted(head=len(events) + 2)
    good = box.event(1), box.event(len(events) + 2)
    numbered = [event | {"seq": seq} if isinstance(event, dict) else event for seq, event in enumerate(events, 2)]
    end = len(events) + 2
    got = scene.tell(box, [good[0], *numbered, good[1]], base=1, upto=end)
    found = upto_is(end, got)
    return failed(f"{found.expected} past {what}", found.got) if found.expected else found


def _unknown(scene: Scene) -> Outcome:
    return _parked(scene, [scene.box().event(2, UNKNOWN)], what=f"an event {UNKNOWN}")


def _newer(scene: Scene) -> Outcome:
    return _parked(scene, [scene.box().event(2, sv=99, data={"of": "a later release"})], what="a body of sv 99")


def _poison(scene: Scene) -> Outcome:
    since = scene.now
    bad = scene.box().event(2, data={"receipt": 7, "total": "much"})
    found = _parked(scene, [bad], what="an event whose body is wrong")
    if found.expected:
        return found
    named = [
        rejection.code for heard in scene.probe.heard[since:] if isinstance(heard.message, Ack)
        for rejection in heard.message.rej if rejection.seq == 2
    ]  # fmt: skip
    if not named:
        return failed("row 2 in the ack's rej, so that the terminal shows it to a person", "rej without it")
    return passed(f"upto past it, rej names it: {named[0]}")


def _garbage(scene: Scene) -> Outcome:
    return _parked(scene, ["no event", None, {"id": 7}, {"type": UNKNOWN}], what="what is no event at all")


def _conflict(scene: Scene) -> Outcome:
    box = scene.greeted(head=2)
    scene.tell(box, [box.event(1)], base=1, upto=1)
    since = scene.now
    found = upto_is(2, scene.tell(box, [box.event(1), box.event(2)], base=1, upto=2))
    if found.expected:
        return failed(f"{found.expected}, past a second row 1 of another id", found.got)
    lower = [h.message.upto for h in scene.probe.heard[since:] if isinstance(h.message, Ack) and h.message.upto < 1]
    return failed("upto of at least 1", f"upto {lower[0]}") if lower else found


def _malformed(scene: Scene) -> Outcome:
    box = scene.greeted(head=2)
    first = upto_is(1, scene.tell(box, [box.event(1)], base=1, upto=1))
    if first.expected:
        return first
    wrong = box.batch([box.event(2)], base=2)
    for octets in (
        b"", b"{", b"[]", b"\xff\xfe", b"\x1f\x8b broken gzip", b'{"v":1}', gzip.compress(b'{"a":"' + b" " * 2_000_000),
        compact(wrong | {"v": 2}).encode(), compact(wrong | {"stream": "pk"}).encode(),
        compact(wrong | {"evs": "none"}).encode(), compact(wrong | {"n": -1}).encode(),
    ):  # fmt: skip
        for leaf in (Up.TX, Up.HELLO, Up.REQ, Up.RES):
            scene.probe.send_raw(leaf, octets)
    got = scene.tell(box, [box.event(2)], base=2, upto=2)
    found = upto_is(2, got)
    return (
        failed(f"{found.expected} after 44 broken payloads", found.got)
        if found.expected
        else passed("44 broken payloads, and the stream goes on")
    )


def _oversized(scene: Scene) -> Outcome:
    box = scene.greeted(head=1)
    losses = scene.probe.losses
    scene.probe.send_raw(Up.TX, b'{"v":1,"x":"' + b"x" * OVERSIZED + b'"}')
    scene.probe.listen(0.5)
    if scene.probe.losses > losses:
        return not_seen("the broker ends a session that sends so much; the cloud never met it")
    found = upto_is(1, scene.tell(box, [box.event(1)], base=1, upto=1))
    return failed(f"{found.expected} after {OVERSIZED} bytes", found.got) if found.expected else found


CHECKS = (
    Check("unknown type", "an event of an unknown type is passed", "Park poison",
          "Keep it as it came and let upto cover it: terminals are renewed before clouds.", _unknown),
    Check("later body", "an event with a later body is passed", "Rules of JSON",
          "Do not check a body whose sv is above the one that you know: keep it as it came.", _newer),
    Check("poison", "a bad event is told in rej and passed", "Park poison",
          "Read the events one by one; park the bad one, name it in rej, and go on with the next.", _poison),
    Check("no event", "what is no event at all is passed", "Park poison",
          "Read the batch's head first; whatever stands in evs at a row's place counts as that row.", _garbage),
    Check("same number", "another id under a known number stops nothing", "De-duplicate by `id`",
          "Keep both rows, mark them seq.conflict, tell a person: the card may be cloned.", _conflict),
    Check("malformed", "broken payloads stop nothing", "Rules of JSON",
          "Catch what your parser raises for one payload, count it, and read the next.", _malformed),
    Check("oversized", "a payload over 64,000 bytes stops nothing", "Rules of JSON",
          "Refuse it by its length before you parse it.", _oversized),
)  # fmt: skip
