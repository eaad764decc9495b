"""From a button to a command and back: how the answer of the dispatcher is told in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from edge.messages import PageOrder
from edge.web.causes import cause_of
from edge.web.site import Doing, End, Told

Order = Callable[[PageOrder], Mapping[str, Any] | None]
_CODES = frozenset(
    {
        "hw.device_offline", "hw.scale", "hw.printer_offline",
        "hw.printer_paper", "hw.locker_offline", "hw.locker_jam", "cmd.busy", "cmd.unsupported",
        "cmd.timeout", "cmd.outcome_unknown", "quota.exceeded", "auth.denied",
    }
)  # fmt: skip
"""Those that have a sentence of their own in edge/words/page/orders.toml."""
_SAID_ONCE: Mapping[tuple[str, str], str] = {
    ("cmd.busy", "cause.served"): "cause.served", ("cmd.busy", "cause.busy"): "cause.busy",
    ("cmd.busy", "cause.stands_open"): "cause.stands_open", ("cmd.busy", "cause.cell_used"): "cause.cell_used",
    ("auth.denied", "cause.holds_parcel"): "cause.holds_parcel",
    ("hw.locker_offline", "cause.late"): "order.hw.locker_offline",
}  # fmt: skip
"""(code, cause) → the sentence that says it all: what was said in English adds nothing."""
OF_THE_JOB = frozenset({"internal", "store.full"})
"""Codes of what was begun and failed: why, its state says. What was not begun left the state of an earlier one."""


def give(order: Order, kind: str, args: Mapping[str, Any], doing: Doing, done: str, **values: object) -> Told:
    """`done`: the sentence for what was done, filled by `values` and by what the command brought out."""
    told, _ = told_of(order(PageOrder(doing.cid, kind, args, doing.account.value, doing.mark)), done, **values)
    return told


def told_of(result: Mapping[str, Any] | None, done: str, **values: object) -> tuple[Told, str]:
    """The answer of the dispatcher in words, and the code of what went wrong, empty where nothing did."""
    if result is None or result["state"] in ("accepted", "running"):
        waits = (result or {}).get("out", {}).get("wait")
        return Told(End.RUNNING, "order.confirm" if waits == "confirm" else "order.slow"), ""
    if result["state"] == "done":
        return Told(End.DONE, done, {**result.get("out", {}), **values}), ""
    error = result["err"]
    cause = cause_of(error["msg"])
    if cause is not None and (once := _SAID_ONCE.get((error["code"], cause.key))) is not None:
        return Told(End.REFUSED, once), error["code"]
    if error["code"] in _CODES:
        return Told(End.REFUSED, f"order.{error['code']}", detail=error["msg"]), error["code"]
    return Told(End.REFUSED, "order.failed", detail=error["msg"]), error["code"]


def open_door(order: Order, cell: str, doing: Doing, done: str, **values: object) -> Told:
    """A technician looks at a door, wherever the button is."""
    return give(order, "locker.open", {"box": cell, "why": "technician"}, doing, done, **values)
