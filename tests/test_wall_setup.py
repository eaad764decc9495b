"""The wall set up at the page, on a real terminal: its map, and one board door by door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_configuring import SHOP
from test_own_settings import OwnBox

from edge.codec.cell_map import CELLS, RUNNING, WALL, read_cell_map
from edge.devices import lock_buses
from edge.messages import BoardLost, BoardRead, PageOrder, PulseDoor
from edge.model.cell import Cell, CellEvent
from edge.model.door import Contacts
from edge.services.wall_setup import mark_of
from edge.store.documents import Documents

BUS = "locker_wall"
WALL_TOML = f"""\
[devices.{BUS}]
driver = "locker_8a"
port = "/dev/none"
boards = [1]
[parcels]
"""


def cell(number: int, **more: Any) -> dict[str, Any]:
    own = {"id": f"A1-{number:02}", "device": BUS, "board": 1, "lock": number, "size": "M", "door": number}
    return own | more


class WallBox(OwnBox):
    bus = BUS

    def start(self, *, reachable: bool = False) -> None:
        self.config.write_text(SHOP + WALL_TOML.replace(BUS, self.bus), encoding="utf-8")
        super().start(reachable=reachable)
        self.pulses: list[PulseDoor] = []
        self.terminal.bus.route(PulseDoor, self.pulses.append)

    def order(self, kind: str, **args: Any) -> dict[str, Any]:
        self.orders = getattr(self, "orders", 0) + 1
        self.tell(PageOrder(f"019aadf2-4c02-7c3e-9d51-{self.orders:012d}", kind, args, "technician"))
        return self.answers[-1]

    def document(self, key: str = WALL) -> dict[str, Any]:
        documents, _ = Documents.open(self.config.parent / "data/documents", at=self.clock.wall())
        found: Any = documents.collection(CELLS).get(key)
        return dict(found) if found else {}

    def seen(self) -> str:
        """The mark of the map as it is."""
        return mark_of(read_cell_map(self.document() or None, lock_buses(self.terminal.settings))[0])

    def put(self, *cells: dict[str, Any], **more: Any) -> dict[str, Any]:
        return self.order("cells.put", cells=list(cells), seen=more.get("seen", self.seen()))

    def board(self, act: str, board: int = 1) -> dict[str, Any]:
        return self.order("cells.commission", device=BUS, board=board, act=act)

    def fill(self, cell: str) -> None:
        """Somebody puts something into it."""
        self._keep(Cell(cell).moved(CellEvent.DOUBT))

    def clear(self, cell: str) -> None:
        self._keep(Cell(cell))

    def _keep(self, cell: Cell) -> None:
        tx = self.terminal.ledger.begin(lambda record, tx: None)
        tx.cells.keep(cell)
        tx.commit()

    def in_force(self) -> list[tuple[str, int, int]]:
        """(cell, lock, number) of the map of this start."""
        return [(one["id"], one["lock"], one["door"]) for one in self.document(RUNNING)["cells"]]

    def contacts(self, *octets: int) -> None:
        self.tell(BoardRead(BUS, 1, Contacts(bytes(octets), None), self.clock.mono_s))


@pytest.fixture
def box(tmp_path: Path) -> Iterator[WallBox]:
    box = WallBox(tmp_path)
    yield box
    box.terminal.close()


def test_cells_are_kept_and_count_after_the_next_start(box: WallBox) -> None:
    assert box.put(cell(1), cell(2, size="L", off=True))["state"] == "done"
    assert [(one["id"], one["size"], one.get("off", False)) for one in box.document()["cells"]] == [
        ("A1-01", "M", False), ("A1-02", "L", True),
    ]  # fmt: skip
    box.off()
    assert len(box.document()["cells"]) == 2 and box.pulses == []


WRONG = [
    [cell(1), cell(2, door=1)], [cell(1), cell(2, id="A1-01")], [cell(1), cell(1, id="B1", door=9)],
    [cell(1, device="elsewhere")], [cell(1, board=7)], [cell(1, lock=65)], [cell(1, size="XXL")], [cell(1, id="门一")],
    [cell(1, door=0)], [cell(1, colour="red")], [{}],
]  # fmt: skip


@pytest.mark.parametrize("cells", WRONG)
def test_a_map_that_is_wrong_in_a_line_is_refused_whole(box: WallBox, cells: list[dict[str, Any]]) -> None:
    told = box.put(*cells)
    assert (told["state"], told["err"]["code"]) == ("rejected", "cfg.invalid")
    assert box.document() == {}


def test_a_full_disk_is_told_and_changes_nothing(box: WallBox) -> None:
    box.disk.is_full = True
    assert box.put(cell(1))["err"]["code"] == "store.full"
    box.disk.is_full = False
    assert box.document() == {} and box.put(cell(1))["state"] == "done"


def test_of_two_phones_the_second_is_told(box: WallBox) -> None:
    seen = box.seen()
    box.put(cell(1))
    assert box.put(cell(2), seen=seen)["err"]["code"] == "seq.conflict"


@pytest.mark.parametrize("after", [[], [cell(1, door=5)], [cell(1, lock=2)], [cell(1, id="A9")]])
def test_a_cell_with_something_in_it_keeps_its_name_its_lock_and_its_number(
    box: WallBox, after: list[dict[str, Any]]
) -> None:
    box.put(cell(1))
    box.off()
    box.fill("A1-01")
    assert "A1-01 is not empty" in box.put(*after)["err"]["msg"]
    assert box.put(cell(1, size="S", off=True))["state"] == "done", "its size and its service are the technician's"


def test_a_cell_that_was_filled_before_the_new_map_counts_stays_where_it_was_until_it_is_empty(box: WallBox) -> None:
    box.put(cell(1), cell(2), cell(3))
    box.off()
    for number in (1, 2, 3):
        box.clear(f"A1-{number:02}")
    assert box.put(cell(1, lock=2, door=2), cell(2, lock=1, door=1), cell(3, door=7))["state"] == "done"
    box.fill("A1-01")
    box.off()
    assert box.in_force() == [("A1-01", 1, 1), ("A1-03", 3, 7)], "what would hang on its lock is left out"
    assert "A1-01 is not empty" in box.put(cell(1, lock=5))["err"]["msg"]
    box.clear("A1-01")
    box.off()
    assert box.in_force() == [("A1-02", 1, 1), ("A1-01", 2, 2), ("A1-03", 3, 7)]


def test_a_cell_that_was_removed_and_then_filled_is_still_there(box: WallBox) -> None:
    box.put(cell(1), cell(2))
    box.off()
    box.clear("A1-01")
    box.put(cell(2))
    box.fill("A1-01")
    box.off()
    assert box.in_force() == [("A1-01", 1, 1), ("A1-02", 2, 2)]


def test_cells_of_a_bus_that_is_left_out_now_stay_in_the_map(box: WallBox) -> None:
    box.put(cell(1))
    box.off()
    box.fill("A1-01")
    box.bus = "locker_front"
    box.off()
    assert box.put(cell(2, device="locker_front"))["state"] == "done"
    assert [one["id"] for one in box.document()["cells"]] == ["A1-02", "A1-01"]
    told = box.put(cell(1, device="locker_front", lock=2))
    assert "A1-01 is not empty" in told["err"]["msg"], "another lock"
    assert box.put(cell(1, device="locker_front"))["state"] == "done", "the same lock of a bus with another name"
    assert [(one["id"], one["device"]) for one in box.document()["cells"]] == [("A1-01", "locker_front")]


def test_a_disk_that_is_full_at_the_start_keeps_the_map_before(box: WallBox) -> None:
    box.put(cell(1))
    box.off()
    box.clear("A1-01")
    box.put(cell(1, lock=2))
    box.disk.is_full = True
    box.off()
    assert box.in_force() == [("A1-01", 1, 1)]
    box.disk.is_full = False
    box.off()
    assert box.in_force() == [("A1-01", 2, 1)]


def test_a_board_is_set_up_door_by_door_and_nothing_opens(box: WallBox) -> None:
    box.put(cell(1), cell(16))
    assert box.board("look")["err"]["code"] == "cfg.invalid", "nobody has begun"
    box.board("begin")
    assert box.board("look")["err"]["code"] == "hw.locker_offline"
    for octets in ((0, 0), (1, 0), (0, 0), (0, 0x80), (0, 0)):
        box.contacts(*octets)
        assert box.board("look")["state"] == "done"
    assert dict(box.document()["boards"][0]) == {"device": BUS, "board": 1, "open_bit": 1, "high_first": False}
    assert box.pulses == []
    assert box.board("look")["err"]["code"] == "cfg.invalid", "it is over"


def test_a_board_that_contradicts_itself_begins_anew_and_keeps_nothing(box: WallBox) -> None:
    box.put(cell(1), cell(16))
    box.board("begin")
    for octets in ((0, 0), (3, 0)):
        box.contacts(*octets)
        told = box.board("look")
    assert told["out"] == {"step": "shut_all", "trouble": "many_changed"}
    box.board("stop")
    assert box.board("look")["err"]["code"] == "cfg.invalid", "it was stopped"
    assert all(one["open_bit"] is None for one in box.document()["boards"])


def test_a_board_that_is_lost_says_nothing(box: WallBox) -> None:
    box.put(cell(1))
    box.contacts(0)
    box.tell(BoardLost(BUS, 1, "silent"))
    box.board("begin")
    assert box.board("look")["err"]["code"] == "hw.locker_offline"


@pytest.mark.parametrize("board", [2, 99])
def test_a_board_without_cells_is_not_set_up(box: WallBox, board: int) -> None:
    assert box.board("begin", board)["err"]["code"] == "cfg.invalid"
