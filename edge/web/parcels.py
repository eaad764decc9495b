"""The parcel station: each cell as the books have it, each parcel that lies here, those that lie too long (row 63)."""

from __future__ import annotations

from pydantic import Field

from edge.model.cell import Cell, CellState, Place
from edge.model.parcel import Parcel, ParcelState
from edge.web.forms import Form
from edge.web.ordering import give
from edge.web.paging import cut, page_of
from edge.web.shop_facts import ShopFacts
from edge.web.site import Action, Asking, Doing, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/parcels"
ON_A_PAGE = 30
OUT, OFF = "out", "off"
LATE = frozenset({ParcelState.OVERDUE, ParcelState.REFUSED, ParcelState.MISSING})
"""For whom somebody has to do something."""


class CellInBooks(Shown):
    """`door` is the number that is painted on it, `full`: a parcel is booked into it.

    `state` is the books'; `out`: a person has taken it out of use; `off`: the cell map has it as one without parcels.
    """

    id: str
    door: int
    size: str
    state: str
    full: bool


class ParcelShown(Shown):
    """`tail`: of its number. `place`: cell or shelf. `since`: when it came, ISO 8601. No name, no phone, no code."""

    tail: str
    carrier: str
    place: str
    state: str
    since: str
    due: str
    late: bool


class Parcels(Shown):
    """Parcels that lie here longest first; `late`: of all of them. `next`: the page behind this one, 0: none."""

    cells: tuple[CellInBooks, ...]
    here: int
    late: int
    parcels: tuple[ParcelShown, ...]
    page: int
    next: int


class CellSwitchForm(Form):
    cell: str = Field(min_length=1, max_length=16)


def parcels_view(shop: ShopFacts) -> View:
    def read(asking: Asking) -> Parcels:
        page, here = page_of(asking.query), shop.parcels()
        parcels, after = cut(here[(page - 1) * ON_A_PAGE :], page, ON_A_PAGE)
        return Parcels(
            cells=tuple(
                CellInBooks(
                    id=place.id, door=place.door, size=place.size.name, state=_state_of(place, cell),
                    full=bool(cell.parcel),
                )
                for place, cell in shop.cells()
            ),
            here=len(here), late=sum(one.state in LATE for one in here), page=page,
            parcels=tuple(_shown(one, shop, asking.language) for one in parcels), next=after,
        )  # fmt: skip

    return View("parcels", PATH, Parcels, read)


def parcel_actions(sources: PageSources) -> tuple[Action, ...]:
    def switch(path: str, kind: str, done: str) -> Action:
        def act(form: CellSwitchForm, doing: Doing) -> Told:
            return give(sources.order, kind, {"box": form.cell}, doing, done, cell=form.cell)

        return Action(f"{PATH}/{path}", PATH, CellSwitchForm, act)

    return switch("out", "cell.out", "parcels.out"), switch("back", "cell.back", "parcels.back")


def _state_of(place: Place, cell: Cell) -> str:
    """What a person has to know of it: who mends a broken door need not look for one that somebody took out."""
    if cell.out:
        return OUT
    return OFF if not place.in_service and cell.state is CellState.FREE else cell.state


def _shown(parcel: Parcel, shop: ShopFacts, language: str) -> ParcelShown:
    return ParcelShown(
        tail=parcel.waybill[-4:], carrier=shop.carrier_name(parcel.carrier, language), state=parcel.state,
        place=parcel.cell or parcel.shelf, since=parcel.at.isoformat() if parcel.at else "",
        due=parcel.due_at.isoformat() if parcel.due_at else "", late=parcel.state in LATE,
    )  # fmt: skip
