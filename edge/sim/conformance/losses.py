"""What a cloud lost, what a box lost, and rows that come under another epoch."""

from __future__ import annotations

from edge.sim.conformance.finding import Check, Outcome, failed, passed
from edge.sim.conformance.scene import Scene
from edge.sim.conformance.watermark import upto_is


def _loss(scene: Scene) -> Outcome:
    """A cloud that was restored from a backup, as the terminal sees it; the terminal has rows 1 and 2 no more."""
    box, since = scene.box(), scene.now
    scene.greet(box, head=7, acked=7)
    order = scene.resend(box, since=since, seq=1)
    if order is None:
        return failed("a resend from row 1 on: the hello says that 7 were acknowledged, and you hold none", "none")
    if order.hi > 7:
        return failed("rows 1 to 7 at most", f"rows {order.lo} to {order.hi}")
    gone = [{"lo": 1, "hi": 2, "why": "pruned"}]
    found = upto_is(2, scene.tell(box, [], base=1, upto=2, rid=order.rid, gone=gone))
    if not found.expected:
        found = upto_is(7, scene.tell(box, list(box.events(3, 7)), base=3, upto=7, rid=order.rid))
    if found.expected:
        return failed(f"{found.expected}, as rows 1 and 2 were declared gone", found.got)
    return passed(f"rows {order.lo} to {order.hi} asked for, why {order.why}; gone rows counted")


def _past(scene: Scene) -> Outcome:
    old = scene.box()
    box, since = scene.box(), scene.now
    scene.greet(box, past=[{"epoch": old.epoch, "acked": {"tx": 2}}])
    order = scene.resend(old, since=since, seq=1)
    if order is None:
        return failed("a resend for the epoch that is over: 2 rows of it were acknowledged, and you hold none", "none")
    found = upto_is(2, scene.tell(old, list(old.events(1, 2)), base=1, upto=2, rid=order.rid))
    return found if found.expected else passed(f"rows {order.lo} to {order.hi} of it asked for")


def _restored(scene: Scene) -> Outcome:
    old = scene.greeted(head=3)
    events = old.events(1, 3)
    scene.tell(old, list(events), base=1, upto=3)
    box = scene.greeted(head=3)
    moved = [events[1] | {"seq": 1}, events[2] | {"seq": 2}, box.event(3)]
    found = upto_is(3, scene.tell(box, list(moved), base=1, upto=3))
    if found.expected:
        return failed(f"{found.expected} in the new epoch: known ids count as received there, too", found.got)
    welcome = scene.greet(old, head=3, acked=3)
    if welcome is not None and welcome.upto.get("tx") != 3:
        return failed("upto 3 in the old epoch still", f"upto {welcome.upto.get('tx')}")
    return passed("two known ids under other numbers, one new: upto 3")


CHECKS = (
    Check("loss", "what the cloud lost is asked for", "Ask again for what is missing",
          "Compare the hello's acked with your watermark; ask by resend, why loss; count gone rows as received.",
          _loss),
    Check("past epochs", "what was lost of an epoch that is over is asked for", "Ask again for what is missing",
          "Compare each entry of the hello's past with what you hold of that epoch.", _past),
    Check("same ids", "known ids come in a new epoch and are not doubled", "De-duplicate by `id`",
          "Book a row once by its id, and count its (epoch, seq) as received all the same.", _restored),
)  # fmt: skip
