"""Which software runs here, since when, and from which slot of the appliance. It is only shown (product row 113)."""

from __future__ import annotations

from datetime import datetime, timedelta

from edge.clock import iso_ms
from edge.model.software import Slot
from edge.web.overview import now
from edge.web.site import TECHNICIAN, Asking, Shown, View
from edge.web.sources import PageSources


class SlotShown(Shown):
    """See `model.software.Slot`."""

    name: str
    version: str
    installed_at: str
    is_running: bool
    is_next: bool
    is_good: bool | None


class Update(Shown):
    """`is_appliance`: the box has slots, though it may not tell of them."""

    version: str
    since: str
    started_at: str
    is_appliance: bool
    slots: tuple[SlotShown, ...]


def update_view(sources: PageSources) -> View:
    def read(_: Asking) -> Update:
        state, slots = now(sources), sources.software.slots()
        started = datetime.fromisoformat(state.at) - timedelta(seconds=state.uptime_s)
        return Update(
            version=state.version, since=sources.software.since(), started_at=iso_ms(started),
            is_appliance=slots is not None, slots=tuple(_shown(one) for one in slots or ()),
        )  # fmt: skip

    return View("update", "/update", Update, read, TECHNICIAN)


def _shown(slot: Slot) -> SlotShown:
    return SlotShown(
        name=slot.name, version=slot.version, installed_at=slot.installed_at, is_running=slot.is_running,
        is_next=slot.is_next, is_good=slot.is_good,
    )  # fmt: skip
