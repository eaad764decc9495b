"""The page of a box that did not start: what failed, the log, another try, without the newest settings, the network,
a backup put in (row 110).

No shop, no devices, no cloud.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp

from edge.errors import StoreError
from edge.web.app import build_app
from edge.web.forms import Form, NoWords
from edge.web.login import Gate
from edge.web.look import Look
from edge.web.parts import WebParts
from edge.web.rescue import RescueWays, rescue_actions, rescue_view
from edge.web.safe_network import SafeNetwork, safe_network_actions, safe_network_view
from edge.web.site import TECHNICIAN, Action, Asking, Doing, Download, End, Handed, Shown, Site, Told, View

LOGS = "/logs/file"
LINES = 60
KINDS = frozenset({"cut", "settings", "store", "fault"})


class FailedShown(Shown):
    """`kind` has a sentence of its own; `why` is what the log says."""

    kind: str
    why: str


class Safe(Shown):
    """`failed` the newest first; `lines` of the log, newest first. `has_layer`: settings lie above the shop's file."""

    failed: tuple[FailedShown, ...]
    lines: tuple[str, ...]
    has_layer: bool


@dataclass(frozen=True, slots=True)
class SafeSources:
    """`failed`: (kind, why), oldest first. `try_again` ends this program and starts it anew, a moment later.
    `leave_out`: the settings above the shop's file are put aside; raises StoreError. `bundle`: a zip of all that tells
    what ails the box.
    """

    failed: Callable[[], Sequence[tuple[str, str]]]
    lines: Callable[[int], Sequence[str]]
    has_layer: Callable[[], bool]
    try_again: Callable[[], None]
    leave_out: Callable[[], None]
    bundle: Callable[[], Iterator[bytes]]
    network: SafeNetwork
    rescue: RescueWays


def safe_app(
    sources: SafeSources, gate: Gate, look: Look, *, names: Callable[[], frozenset[str]], new_id: Callable[[], str],
    version: str, tls: bool,
) -> ASGIApp:  # fmt: skip
    def read(_: Asking) -> Safe:
        told = dict.fromkeys(reversed(sources.failed()))  # what failed three times alike is told once
        failed = [FailedShown(kind=kind if kind in KINDS else "fault", why=why) for kind, why in told]
        return Safe(
            failed=tuple(failed), lines=tuple(sources.lines(LINES)), has_layer=sources.has_layer(),
        )  # fmt: skip

    def again(_: Form, doing: Doing) -> Told:
        sources.try_again()
        return Told(End.RUNNING, "safe.tries")

    def without(_: Form, doing: Doing) -> Told:
        try:
            sources.leave_out()
        except StoreError as error:
            return Told(End.REFUSED, "safe.kept", detail=str(error))
        sources.try_again()
        return Told(End.RUNNING, "safe.tries")

    def logs(_: Asking) -> Handed:
        return Handed("application/zip", sources.bundle(), f"{look.tid}-logs.zip")

    site = Site(
        views=(
            View("safe", "/", Safe, read, TECHNICIAN), safe_network_view(sources.network), rescue_view(sources.rescue),
        ),
        actions=(
            Action("/again", "/", NoWords, again, TECHNICIAN),
            Action("/without", "/", NoWords, without, TECHNICIAN),
            *safe_network_actions(sources.network), *rescue_actions(sources.rescue),
        ),
        downloads=(Download(LOGS, logs, TECHNICIAN),),
    )  # fmt: skip
    return build_app(WebParts(site, gate, look, names, new_id, lambda: 0, version, tls), ())
