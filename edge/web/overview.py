"""The first page: what is wrong and what to do, what was sold today, how it stands with the cloud."""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.exceptions import HTTPException

from edge.model.takings import REFUND, SALE, VOID
from edge.ports import Snapshot
from edge.web.settings import ChangeShown, change_shown
from edge.web.site import Asking, Shown, View
from edge.web.sources import PageSources

READY, SILENT = "ready", "silent"
APART_MS, FRESH = 2_000, timedelta(days=1)
"""A clock that nobody keeps loses seconds a day, and a greeting takes its time on the way."""


class ProblemShown(Shown):
    """See `model.problem.Problem`."""

    kind: str
    what: str
    detail: str
    since_at: str


class DeviceState(Shown):
    """`state` is `silent` where the port is open and nothing ever came from it."""

    name: str
    state: str


class Overview(Shown):
    """Sums in fen, times as ISO 8601 with an offset."""

    problems: tuple[ProblemShown, ...]
    devices: tuple[DeviceState, ...]
    sales: int
    taken_fen: int
    goods: int
    waiting_papers: int
    uncertain_papers: int
    link: str
    unsent: int
    synced_at: str
    """When the cloud last confirmed records; empty: not since the start."""
    last_receipt: str
    """Of the newest sale, with its sum and moment; empty: nothing was sold yet."""
    last_fen: int
    last_at: str
    at: str
    clk: str
    agrees: bool
    """The clock with the cloud's; see `agrees`."""
    version: str
    change: ChangeShown


def now(sources: PageSources) -> Snapshot:
    """How the terminal is; 503 while it starts."""
    state = sources.snapshot()
    if state is None:
        raise HTTPException(503, headers={"Retry-After": "2"})
    return state


def states_shown(sources: PageSources) -> dict[str, str]:
    """How each device stands, by its name: an open port alone is no device that works."""
    silent = sources.setup.silent()
    return {
        one.name: SILENT if one.state == READY and one.name in silent else one.state for one in now(sources).devices
    }  # fmt: skip


def agrees(state: Snapshot) -> bool:
    """Whether the clock was as the cloud's when they were compared, which was not long ago."""
    if state.cloud_ms is None or abs(state.cloud_ms) > APART_MS:
        return False
    since = datetime.fromisoformat(state.at) - datetime.fromisoformat(state.greeted_at)
    return timedelta(0) <= since < FRESH


def overview(sources: PageSources) -> Overview:
    state, takings, last = now(sources), sources.takings(), sources.box.last_sale()
    return Overview(
        problems=tuple(
            ProblemShown(kind=one.kind, what=one.what, detail=one.detail, since_at=one.since_at)
            for one in state.troubles
        ),
        devices=tuple(DeviceState(name=name, state=one) for name, one in states_shown(sources).items()),
        sales=takings.times(SALE), goods=state.items,
        taken_fen=takings.fen(SALE) - takings.fen(REFUND) - takings.fen(VOID),
        waiting_papers=state.waiting_prints, uncertain_papers=state.unknown_prints, link=state.link,
        unsent=state.unsent, synced_at=state.synced_at, last_receipt=last.receipt if last is not None else "",
        last_fen=last.sale.total if last is not None else 0, last_at=last.at if last is not None else "",
        at=state.at, clk=state.clk, agrees=agrees(state), version=state.version,
        change=change_shown(sources.ports),
    )  # fmt: skip


def overview_view(sources: PageSources) -> View:
    def read(_: Asking) -> Overview:
        return overview(sources)

    return View("overview", "/", Overview, read)
