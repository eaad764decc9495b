"""Whether what was acknowledged is still there after a kill: a person kills, this side keeps sending."""

from __future__ import annotations

import select

from edge.codec.wire_down import Rebirth, Welcome
from edge.errors import CloudError
from edge.sim.conformance.box import Box, Wire
from edge.sim.conformance.finding import Check, Outcome, failed, not_seen, passed
from edge.sim.conformance.scene import Scene

ROWS = 10
WAITED_S, BACK_WITHIN_S = 600.0, 30.0
NAP_S = 0.2
HEAD = 1_000_000
"""More rows than are sent meanwhile."""
HOW = """\
>>> Kill your cloud now, all its processes, as by kill -9 (its database too, where that runs beside it).
>>> Rows are sent all the while, and this tells you when no answer comes any more."""
DOWN = ">>> No answer any more. Start your cloud again, then press Enter."


def _kill(scene: Scene) -> Outcome:
    if scene.pressed is None:
        return not_seen("run it with --kill, and kill your cloud when you are asked to: nothing else shows a commit")
    print(HOW, flush=True)
    box, since = scene.greeted(head=HEAD), scene.now
    rows: list[Wire] = []
    acked, was_down, end_mono = 0, False, scene.clock.mono() + WAITED_S
    while not (is_pressed := scene.pressed()) and scene.clock.mono() < end_mono:
        before, acked = acked, _send(scene, box, rows, acked)
        if before == acked > 0 and not was_down:
            print(DOWN, flush=True)
            was_down = True
    if not acked:
        return not_seen("nothing was acknowledged before the kill")
    if not is_pressed:
        return not_seen(f"nobody pressed Enter within {WAITED_S:g} s")
    if not was_down:
        return not_seen(
            "each batch was acknowledged until Enter came: was it killed? Leave it down until no answer comes"
        )
    acked = _send(scene, box, rows, acked)
    # Before a hello is said: whom a cloud has heard it need not ask.
    scene.reborn = scene.probe.wait(Rebirth, lambda _: True, since=since, within_s=scene.patience_s) is not None
    welcome = _greeted(scene, box, head=len(rows), acked=acked)
    if welcome is None:
        return failed(f"a welcome within {BACK_WITHIN_S:g} s after Enter", "none")
    upto = welcome.upto.get("tx", 0)
    if upto < acked:
        return failed(f"upto of at least {acked}: so far it was acknowledged", f"upto {upto}")
    while upto < len(rows):
        part = rows[upto : upto + ROWS]
        if scene.tell(box, list(part), base=upto + 1, upto=upto + len(part), is_timed=False) != upto + len(part):
            return failed(f"rows {upto + 1} to {upto + len(part)} acknowledged", "no such ack")
        upto += len(part)
    return passed(f"{acked} rows were acknowledged before, {upto} after, none lost")


def _send(scene: Scene, box: Box, rows: list[Wire], acked: int) -> int:
    """The rows from the watermark on, as terminals do, without a hello; returns the highest upto that was told."""
    if acked == len(rows):
        rows += box.events(len(rows) + 1, len(rows) + ROWS)
    try:
        # Not timed: while it is down, and just after, an ack is late by right.
        got = scene.tell(box, list(rows[acked : acked + ROWS]), base=acked + 1, upto=acked + ROWS, is_timed=False)
    except CloudError:  # its broker was killed with it
        select.select([], [], [], NAP_S)
        got = None
    return max(acked, got or 0)


def _greeted(scene: Scene, box: Box, *, head: int, acked: int) -> Welcome | None:
    end_mono = scene.clock.mono() + BACK_WITHIN_S
    while scene.clock.mono() < end_mono:
        try:
            welcome = scene.greet(box, head=head, acked=acked)
        except CloudError:
            select.select([], [], [], NAP_S)
            continue
        if welcome is not None:
            return welcome
    return None


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
