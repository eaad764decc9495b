"""What a counter bench carries out for the page: prices that are set, cells that are taken out of use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edge.model.cell_map import CellMap
from edge.services.cell_switch import CellSwitch
from edge.services.commands import CarryOut
from edge.services.price_desk import PriceDesk


def page_desks(bench: Any) -> Mapping[str, CarryOut]:
    """Of a bench with a wall its cells; of others there are none."""
    wall: CellMap = getattr(bench, "wall", CellMap())
    prices = PriceDesk(bench.catalogue, limit_percent=bench.habits.price_cut_limit_percent)
    return {**prices.at_page, **CellSwitch(lambda: [place.id for place in wall.places]).at_page}
