"""Batches and their acknowledgement: never too far, never too late, and again when asked again."""

from __future__ import annotations

import gzip

from edge.codec.json_text import compact
from edge.codec.wire_down import Ack
from edge.sim.conformance.box import KINDS
from edge.sim.conformance.finding import Check, Outcome, failed, not_seen, passed
from edge.sim.conformance.scene import ACK_WITHIN_S, SETTLE_S, Scene


def upto_is(expected: int, got: int | None) -> Outcome:
    if got == expected:
        return passed(f"upto {got}")
    return failed(f"an ack with upto {expected}", f"upto {got}" if got is not None else "no ack")


def _ack(scene: Scene) -> Outcome:
    box = scene.greeted(head=3)
    return upto_is(3, scene.tell(box, list(box.events(1, 3)), base=1, upto=3))


def _gap(scene: Scene) -> Outcome:
    box = scene.greeted(head=5)
    first = upto_is(3, scene.tell(box, list(box.events(1, 3)), base=1, upto=3))
    if first.expected:
        return first
    since = scene.now
    scene.tell(box, list(box.events(5, 5)), base=5, upto=3)
    scene.probe.listen(SETTLE_S)
    told = [
        heard.message.upto for heard in scene.probe.heard[since:]
        if isinstance(heard.message, Ack) and heard.message.epoch == box.epoch
    ]  # fmt: skip
    if any(upto > 3 for upto in told):
        return failed("upto 3 after rows 1 to 3 and 5: row 4 never came", f"upto {max(told)}")
    filled = upto_is(5, scene.tell(box, list(box.events(4, 4)), base=4, upto=5))
    return filled if filled.expected else passed("upto 3 at the gap, 5 once row 4 had come")


def _gap_asked(scene: Scene) -> Outcome:
    box = scene.greeted(head=3)
    scene.tell(box, list(box.events(1, 1)), base=1, upto=1)
    since = scene.now
    scene.tell(box, list(box.events(3, 3)), base=3, upto=1)
    order = scene.resend(box, since=since, seq=2)
    scene.tell(box, list(box.events(2, 2)), base=2, upto=3)
    if order is None:
        return not_seen("no resend: the terminal sends from its cursor again after 15 s, which is later but safe")
    if order.hi > 3:
        return failed("rows 2 to 2", f"rows {order.lo} to {order.hi}")
    return passed(f"rows {order.lo} to {order.hi}, why {order.why}")


def _again(scene: Scene) -> Outcome:
    box = scene.greeted(head=3)
    events = list(box.events(1, 3))
    once = upto_is(3, scene.tell(box, events, base=1, upto=3))
    if once.expected:
        return once
    twice = upto_is(3, scene.tell(box, events, base=1, upto=3))
    if twice.expected:
        return twice
    return passed("acknowledged twice with upto 3")


def _streams(scene: Scene) -> Outcome:
    box = scene.greeted(head=1)
    for stream, rows in (("pk", 2), ("ev", 3), ("tx", 1)):
        found = upto_is(
            rows, scene.tell(box, list(box.events(1, rows, KINDS[stream])), base=1, upto=rows, stream=stream)
        )
        if found.expected:
            return failed(f"{found.expected} on stream {stream}", found.got)
    return passed("pk 2, ev 3, tx 1, each for itself")


def _encodings(scene: Scene) -> Outcome:
    box = scene.greeted(head=6)
    tried = (
        ("gzip", [1], gzip.compress),
        ("plain JSON of over 512 bytes", [2, 3], bytes),
        ("gzip of many rows", [4, 5, 6], gzip.compress),
    )
    for name, seqs, pack in tried:
        events = [box.event(seq) for seq in seqs]
        octets = pack(compact(box.batch(events, base=seqs[0])).encode())
        found = upto_is(seqs[-1], scene.tell(box, list(events), base=seqs[0], upto=seqs[-1], octets=octets))
        if found.expected:
            return failed(f"{found.expected} for {name}", found.got)
    return passed("gzip and plain, as the first byte tells")


def _unknown_fields(scene: Scene) -> Outcome:
    box = scene.box()
    if scene.greet(box, head=1, a_later_field={"of": ["a", "later", "release"]}) is None and scene.greet(box):
        return failed("a welcome for a hello with a field that nobody knows yet", "none")
    event = box.event(1, later={"a": 1})
    event["data"] = event["data"] | {"also_later": "x"}
    return upto_is(1, scene.tell(box, [event], base=1, upto=1, later=[1, 2, 3]))


def never_above(scene: Scene) -> Outcome:
    """Of all acks of this try."""
    for heard in scene.probe.heard:
        ack = heard.message
        if isinstance(ack, Ack) and (ack.epoch, ack.stream) in scene.sent:
            head = scene.sent[ack.epoch, ack.stream]
            if ack.upto > head:
                return failed(f"at most upto {head}: no row above it was ever sent", f"upto {ack.upto}")
    return passed(f"{scene.acks} acks, none above what was sent")


def swift(scene: Scene) -> Outcome:
    if not scene.acks:
        return not_seen("nothing was acknowledged")
    took = f"the slowest of {scene.acks} after {1000 * scene.slowest_s:.0f} ms"
    return passed(took) if scene.slowest_s <= ACK_WITHIN_S else failed(f"each within {ACK_WITHIN_S:g} s", took)


CHECKS = (
    Check("ack", "a batch is acknowledged", "How it goes, 6 Ack",
          "After your commit publish dn/ack with stream, epoch and upto; PUBACK is the broker's word only.", _ack),
    Check("gap", "upto waits at a gap", "The watermark is cumulative",
          "Store rows behind a gap, but let upto cover only what is there from 1 on without a hole.", _gap),
    Check("gap asked for", "the rows of a gap are asked for", "Ask again for what is missing",
          "Publish a resend with lo, hi, a rid and why gap on dn/ack.", _gap_asked),
    Check("twice", "a batch that comes twice is acknowledged twice", "De-duplicate by `id`",
          "Absorb what you have by its id, and answer as if it were new: the first ack may be lost.", _again),
    Check("streams", "each stream has a watermark of its own", "Another epoch is another life",
          "Keep rows and watermark per (tid, epoch, stream).", _streams),
    Check("encodings", "gzip is read, and plain JSON", "Rules of JSON",
          "Look at the first byte: 7B is JSON, 1F 8B is gzip, whatever the size.", _encodings),
    Check("later fields", "fields of a later release are passed over", "Rules of JSON",
          "Let your parser ignore what it does not know, in messages, events and bodies.", _unknown_fields),
)  # fmt: skip
LAST = (
    Check("never above", "no ack reaches above what was sent", "The watermark is cumulative",
          "Count what you hold; never acknowledge what a hello or a head says there is.", never_above),
    Check("swift", "acks come within 2 s", "How it goes, 6 Ack",
          "Commit at least every 2 s, and acknowledge after each commit.", swift),
)  # fmt: skip
