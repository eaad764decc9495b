"""One problem: what it means for the shop, since when, and how it is mended: steps for hands, buttons for the box."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import Field

from edge.web.forms import Form, NoWords
from edge.web.ordering import give
from edge.web.overview import now
from edge.web.ports import PortShown, ports_shown
from edge.web.site import TECHNICIAN, Action, Asking, Doing, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/fix"


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button that does it (`path` of an action), or the page where it is done."""

    label: str
    path: str
    does: bool = False


_TESTS: Mapping[str, Remedy] = {
    "printer_escpos": Remedy("devices.print", "/devices/print", does=True),
    "line_display": Remedy("devices.show", "/devices/display", does=True),
    "scale_serial": Remedy("devices.weigh", "/devices/weigh", does=True),
    "speaker": Remedy("devices.say", "/devices/say", does=True),
}
"""How a device shows that it works again, by its driver."""
_REMEDIES: Mapping[str, Remedy] = {
    "cloud.untrusted": Remedy("network.title", "/network"),
    "cloud.stuck": Remedy("cloud.title", "/cloud"),
    "cloud.refused": Remedy("cloud.title", "/cloud"),
    "cloud.no_key": Remedy("cloud.title", "/cloud"),
    "cloud.clock": Remedy("time.title", "/time"),
    "network.restless": Remedy("network.title", "/network"),
    "certificate.ends": Remedy("fix.renew", "/fix/renew", does=True),
    "outbox.parked": Remedy("cloud.title", "/cloud"),
    "file.left_out": Remedy("fix.restart", "/fix/restart", does=True),
    "disk.tight": Remedy("logs.title", "/logs"),
    "journal.broken": Remedy("logs.title", "/logs"),
}


class RemedyShown(Shown):
    label: str
    path: str
    does: bool


class DoubtfulPaper(Shown):
    """`receipt` is empty for a slip that is no receipt."""

    job: str
    receipt: str
    total_fen: int
    at: str
    why: str


class Fix(Shown):
    """`there`: whether the problem is still there."""

    kind: str
    what: str
    detail: str
    since_at: str
    there: bool
    remedy: RemedyShown | None
    papers: tuple[DoubtfulPaper, ...]
    moved: tuple[PortShown, ...]
    """Ports at which the device hangs now, by its serial number; its settings name another."""
    version: int


def fix_view(sources: PageSources) -> View:
    def read(asking: Asking) -> Fix:
        state = now(sources)
        kind, what = asking.query.get("kind", "")[:64], asking.query.get("what", "")[:64]
        found = next((one for one in state.troubles if (one.kind, one.what) == (kind, what)), None)
        driver = next((one.driver for one in state.devices if one.name == what), "")
        remedy = _REMEDIES.get(kind) or (_TESTS.get(driver) if kind.startswith("device.") else None)
        may = asking.account in TECHNICIAN or (remedy is not None and remedy.path == "/cloud")
        return Fix(
            kind=kind, what=what, detail=found.detail if found else "", since_at=found.since_at if found else "",
            there=found is not None,
            remedy=RemedyShown(label=remedy.label, path=remedy.path, does=remedy.does) if remedy and may else None,
            papers=_papers(sources) if kind == "paper.doubtful" else (),
            moved=_moved(sources, what) if kind == "device.offline" and asking.account in TECHNICIAN else (),
            version=sources.ports.kept().version,
        )  # fmt: skip

    return View("fix", PATH, Fix, read, in_menu=False)


def _moved(sources: PageSources, device: str) -> tuple[PortShown, ...]:
    return tuple(port for port in ports_shown(sources.ports) if port.was and port.was == device)


def _papers(sources: PageSources) -> tuple[DoubtfulPaper, ...]:
    return tuple(
        DoubtfulPaper(
            job=job.id, receipt=sale.receipt if sale else "", total_fen=sale.sale.total if sale else 0,
            at=sale.at if sale else "", why=job.reason,
        ) for job, sale in sources.box.doubtful_papers()
    )  # fmt: skip


class PaperForm(Form):
    job: str = Field(min_length=1, max_length=36)


def fix_actions(sources: PageSources) -> tuple[Action, ...]:
    """The owner may see to papers: they are the shop's."""

    def paper(kind: str, done: str) -> Callable[[PaperForm, Doing], Told]:
        return lambda form, doing: give(sources.order, kind, {"job": form.job}, doing, done)

    def button(kind: str, done: str) -> Callable[[NoWords, Doing], Told]:
        return lambda _, doing: give(sources.order, kind, {}, doing, done)

    return (
        Action(f"{PATH}/seen", PATH, PaperForm, paper("paper.seen", "fix.seen")),
        Action(f"{PATH}/again", PATH, PaperForm, paper("paper.again", "fix.again")),
        Action(f"{PATH}/renew", PATH, NoWords, button("cert.rotate", "fix.renewed"), TECHNICIAN),
        Action(f"{PATH}/restart", PATH, NoWords, button("service.restart", "fix.restarted"), TECHNICIAN),
    )
