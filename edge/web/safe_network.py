"""The network at the page of a box that did not start: what is broken, and the same trial without a dispatcher."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge.errors import NetworkRefused
from edge.model.network import Broken, Network
from edge.web.network import PATH, NetworkShown, came_in_at, changing, shown, why_not
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Told, View


@dataclass(frozen=True, slots=True)
class SafeNetwork:
    """`broken`: tried, which takes a second. `attempt`: begun a few seconds later, since this page's own line may go
    with it; False: another one is on its way. `failed`: why the newest did, a word of the page; empty: it did not.
    `keep` and `undo` raise NetworkRefused.
    """

    look: Callable[[], Network]
    broken: Callable[[Network], Broken]
    attempt: Callable[[Mapping[str, object]], bool]
    failed: Callable[[], str]
    keep: Callable[[str], None]
    undo: Callable[[], None]


def safe_network_view(ways: SafeNetwork) -> View:
    def read(asking: Asking) -> NetworkShown:
        network = ways.look()
        broken = ways.broken(network) if network.trial is None else Broken.WELL
        return shown(network, asking.at, failed=ways.failed(), broken=broken)

    return View("network", PATH, NetworkShown, read, TECHNICIAN)


def safe_network_actions(ways: SafeNetwork) -> tuple[Action, ...]:
    def tried(args: Mapping[str, object], doing: Doing) -> Told:
        return Told(End.RUNNING, "network.soon") if ways.attempt(args) else why_not("busy")

    def keep(doing: Doing) -> Told:
        return _done(lambda: ways.keep(came_in_at(doing)), "network.kept")

    def undo(doing: Doing) -> Told:
        return _done(ways.undo, "network.undone")

    return changing(tried, keep, undo)


def _done(change: Callable[[], None], done: str) -> Told:
    try:
        change()
    except NetworkRefused as refused:
        return why_not(refused.cause)
    return Told(End.DONE, done)
