"""Whether what was acknowledged is still there after a kill: a person kills, this side keeps sending."""

from __future__ import annotations

from edge.codec.wire_down import Rebirth
from edge.sim.conformance.box import Box, Wire
from edge.sim.conformance.finding import Check, Outcome, failed, not_seen, passed
from edge.sim.conformance.scene import Scene

ROWS = 10
WAITED_S, BACK_WITHIN_S = 600.0, 30.0
HEAD = 1_000_000
"""More rows than are sent meanwhile."""
HOW = """\
>>> Kill your cloud now, all its processes, as by kill -9 (its database too, where that runs beside it).
>>> Rows are sent all the while. Start it again, then press Enter."""


def _kill(scene: Scene) -> Outcome:
    if scene.pressed is None:
        return not_seen("run it with --kill, and kill your cloud when you are asked to: nothing else shows a commit")
    print(HOW, flush=True)
    box, since = scene.greeted(head=HEAD), scene.now
    rows: list[Wire] = []
    acked = _pour(scene, box, rows)
    if not acked:
        return not_seen("nothing was acknowledged before the kill")
    # Before a hello is said: whom a cloud has heard it need not ask.
    scene.reborn = scene.probe.wait(Rebirth, lambda _: True, since=since, within_s=scene.patience_s) is not None
    welcome = None
    end_mono = scene.clock.mono() + BACK_WITHIN_S
    while welcome is None and scene.clock.mono() < end_mono:
        welcome = scene.greet(box, head=len(rows), acked=acked)
    if welcome is None:
        return failed(f"a welcome within {BACK_WITHIN_S:g} s after Enter", "none")
    upto = welcome.upto.get("tx", 0)
    if upto < acked:
        return failed(f"upto of at least {acked}: so far it was acknowledged", f"upto {upto}")
    while upto < len(rows):
        part = rows[upto : upto + ROWS]
        if scene.tell(box, list(part), base=upto + 1, upto=upto + len(part)) != upto + len(part):
            return failed(f"rows {upto + 1} to {upto + len(part)} acknowledged", "no such ack")
        upto += len(part)
    return passed(f"{acked} rows were acknowledged before, {upto} after, none lost")


def _pour(scene: Scene, box: Box, rows: list[Wire]) -> int:
    """Send until Enter is pressed, and once more, from the watermark on as terminals do; the highest upto told."""
    acked, end_mono = 0, scene.clock.mono() + WAITED_S
    assert scene.pressed is not None
    is_last = False
    while not is_last:
        is_last = scene.pressed() or scene.clock.mono() >= end_mono
        if acked == len(rows):
            rows += box.events(len(rows) + 1, len(rows) + ROWS)
        got = scene.tell(box, list(rows[acked : acked + ROWS]), base=acked + 1, upto=acked + ROWS)
        acked = max(acked, got or 0)
    return acked


def _rebirth(scene: Scene) -> Outcome:
    if scene.reborn is None:
        return not_seen("it shows with --kill")
    if not scene.reborn:
        return failed("a rebirth on dn/ctl from the cloud that was started again", "none")
    return passed("asked for after the start")


CHECKS = (
    Check("kill", "what was acknowledged is there after a kill", "Commit before ack",
          "Acknowledge only after a commit that a power cut leaves: with fsync, or on a quorum.", _kill),
    Check("rebirth", "a cloud that starts asks for a hello", "A cloud that starts",
          "Publish rebirth to each terminal that you know, and to each that sends without a hello.", _rebirth),
)  # fmt: skip
