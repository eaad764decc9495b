"""The document of cells: what is wrong in it is told, and takes nothing else away."""

from __future__ import annotations

from typing import Any

import pytest

from edge.codec.cell_map import read_cell_map
from edge.model.cell import CELLS_MAX, Place, Size
from edge.model.cell_map import CellMap, LockLine
from edge.model.door import Wiring

BUSES = {"wall": LockLine((1, 2), Wiring(), 50)}


def document() -> dict[str, Any]:
    cells = [{"id": f"A1-{n:02}", "device": "wall", "board": 1, "lock": n, "door": n} for n in range(1, 9)]
    boards = [{"device": "wall", "board": board, "open_bit": 1, "high_first": True} for board in (1, 2)]
    return {"cells": cells, "boards": boards}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"size": "XXL"}, "cells 8 ('A1-08'): size is 'XXL': expected S, M, L or XL"),
        ({"lock": 60}, "cell A1-08 is lock 60 of board 1, which has 50 at most: correct it"),
        ({"lock": 65}, "cells 8 ('A1-08'): lock is 65: expected 1 to 64"),
        ({"door": 0}, "cells 8 ('A1-08'): door is 0: expected 1 to 9999"),
        ({"id": "a8"}, "cells 8 ('a8'): id is 'a8': expected 1 to 8 capital letters"),
        ({"colour": "red"}, "cells 8 ('A1-08'): it has colour, which the cell map does not know: take it out"),
        ({"board": 3}, "cell A1-08 is on board 3"),
        ({"id": "39227", "door": None}, "cell 39227 has 39227 for a number: give it a door from 1 to 9999"),
        ({"id": "A", "door": None}, "cell A has no digit in its name: give it a door from 1 to 9999"),
    ],
)
def test_a_cell_that_is_wrong_takes_no_other_away(change: dict[str, object], says: str) -> None:
    told = document()
    told["cells"][7] |= change
    cells, wrong = read_cell_map(told, BUSES)
    assert [place.lock for place in cells.places] == [*range(1, 8)]
    assert cells.wirings == {("wall", 1): Wiring(1, True), ("wall", 2): Wiring(1, True)}
    (sentence,) = wrong
    assert sentence.startswith(says)


def test_a_board_that_is_wrong_is_one_that_was_never_tried() -> None:
    told = document()
    told["boards"][1]["open_bit"] = 2
    del told["cells"][0]["lock"]
    cells, wrong = read_cell_map(told, BUSES)
    assert (len(cells.places), cells.wirings["wall", 1], cells.wirings["wall", 2]) == (7, Wiring(1, True), Wiring())
    assert wrong == ["cells 1 ('A1-01'): it has no lock: expected 1 to 64", "boards 2: open_bit is 2: expected 0 or 1"]


@pytest.mark.parametrize("told", [[], "cells", 7, {"cells": 3}, {"cells": ["A1"], "boards": {"a": 1}}, {"doors": []}])
def test_what_is_no_map_is_told_and_is_an_empty_one(told: object) -> None:
    cells, wrong = read_cell_map(told, BUSES)
    assert cells.places == () and wrong


def test_a_map_that_is_too_long_is_cut_and_told() -> None:
    told = {"cells": [{"id": f"C{n}", "device": "wall", "board": 1, "lock": 1} for n in range(CELLS_MAX + 50)]}
    cells, wrong = read_cell_map(told, BUSES)
    assert len(cells.places) == 1
    assert f"expected at most {CELLS_MAX}" in wrong[0]


def test_a_board_whose_order_of_bytes_nobody_could_find_out_is_untried_with_a_door_in_another_byte() -> None:
    def place(lock: int) -> Place:
        return Place(f"A{lock}", lock, "wall", 1, lock, Size.M)

    known = {("wall", 1): Wiring(1, False), ("wall", 2): Wiring(1, True)}
    one_byte = CellMap(tuple(map(place, range(9, 15))), known)
    assert one_byte.with_places([place(15), place(16)]).wirings == known
    assert one_byte.with_places([place(16), place(17)]).wirings == {("wall", 2): Wiring(1, True)}
    both = CellMap(tuple(map(place, range(9, 25))), known)
    assert both.with_places([place(3)]).wirings == known, "two bytes tell how they come"
