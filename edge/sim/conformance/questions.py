"""What terminals ask on up/req."""

from __future__ import annotations

from edge.codec.topics import Up
from edge.codec.wire_down import Response
from edge.sim.conformance.box import Wire
from edge.sim.conformance.finding import Check, Outcome, failed, not_seen, passed
from edge.sim.conformance.scene import Scene

EXP_S = 5
ASKED, UNKNOWN = "price.lookup", "bell.why"
"""The second is a question that no release asks."""


def _answer(scene: Scene, request: Wire) -> Response | None:
    since = scene.now
    scene.probe.send(Up.REQ, request)
    return scene.probe.wait(Response, lambda answer: answer.cid == request["cid"], since=since, within_s=EXP_S)


def _answered(scene: Scene) -> Outcome:
    answer = _answer(scene, scene.greeted().request(ASKED, exp_s=EXP_S, sku="6909999999990"))
    if answer is None:
        return failed(f"a response within exp_s, {EXP_S} s, even if it is an error", "none")
    if answer.ok is False and answer.err is None:
        return failed("err where ok is false", "neither")
    return passed("ok" if answer.ok else f"err {answer.err.code}" if answer.err is not None else "no")


def _same(scene: Scene) -> Outcome:
    """A question that is asked again under its cid is one whose answer was lost; what it did must not be done twice."""
    compared = 0
    for kind, args in ((ASKED, {"sku": "6909999999990"}), ("upload.url", {}), (UNKNOWN, {})):
        request = scene.greeted().request(kind, exp_s=EXP_S, **args)
        first, second = _answer(scene, request), _answer(scene, request)
        if first is not None and second is None:
            return failed(f"the answer to {kind} again", "silence at the second time")
        if first is not None and second is not None:
            compared += 1
            if first.wire() != second.wire():
                return failed(f"to {kind} the same answer again", f"{_short(first)}, then {_short(second)}")
    if not compared:
        return not_seen("no question was answered")
    return passed(f"{compared} questions asked twice, each answered alike")


def _unknown(scene: Scene) -> Outcome:
    answer = _answer(scene, scene.greeted().request(UNKNOWN, exp_s=EXP_S))
    if answer is None:
        return failed("a response with err cmd.unknown", "none: a person at the counter waits in vain")
    if answer.ok or answer.err is None:
        return failed("a response with err cmd.unknown", "ok to a question that nobody knows")
    return passed(f"err {answer.err.code}")


def _short(answer: Response) -> str:
    return str({name: value for name, value in answer.wire().items() if name not in ("v", "tid", "cid")})[:80]


CHECKS = (
    Check("question", "a question is answered in its time", "Request; Response",
          "Answer on dn/res with the request's cid before exp_s is over, if only with err.", _answered),
    Check("same answer", "the same cid gets the same answer", "Request: the same cid on a retry",
          "Store each answer under (tid, cid) with what it did, in one transaction, and tell it again.", _same),
    Check("unknown question", "a question that nobody knows is refused", "Response",
          "Answer ok false with err cmd.unknown, retry false.", _unknown),
)  # fmt: skip
