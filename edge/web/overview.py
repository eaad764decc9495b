"""The first page: what is wrong and what to do, what was sold today, how it stands with the cloud."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from edge.model.takings import REFUND, SALE, VOID
from edge.ports import Snapshot
from edge.web.site import Asking, Shown, View
from edge.web.sources import PageSources


class ProblemShown(Shown):
    """See `model.problem.Problem`."""

    kind: str
    what: str
    detail: str
    since_at: str


class DeviceState(Shown):
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
    at: str
    clk: str
    version: str


def now(sources: PageSources) -> Snapshot:
    """How the terminal is; 503 while it starts."""
    state = sources.snapshot()
    if state is None:
        raise HTTPException(503, headers={"Retry-After": "2"})
    return state


def overview(sources: PageSources) -> Overview:
    state, takings = now(sources), sources.takings()
    return Overview(
        problems=tuple(
            ProblemShown(kind=one.kind, what=one.what, detail=one.detail, since_at=one.since_at)
            for one in state.troubles
        ),
        devices=tuple(DeviceState(name=one.name, state=one.state) for one in state.devices),
        sales=takings.times(SALE), goods=state.items,
        taken_fen=takings.fen(SALE) - takings.fen(REFUND) - takings.fen(VOID),
        waiting_papers=state.waiting_prints, uncertain_papers=state.unknown_prints, link=state.link,
        unsent=state.unsent, at=state.at, clk=state.clk, version=state.version,
    )  # fmt: skip


def overview_view(sources: PageSources) -> View:
    def read(_: Asking) -> Overview:
        return overview(sources)

    return View("overview", "/", Overview, read)
