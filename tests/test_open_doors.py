"""A door that stands open and that nobody uses is a problem on the page, until it is shut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from parcel_bench import OPENS_S, SEEN_S, STOP, WALL, ParcelBench, waybill
from test_configuring import SHOP
from test_device_tests import CID
from test_own_settings import OwnBox
from test_wall_setup import BUS, WALL_TOML, WallBox, cell

from edge.messages import BoardLost, DeviceDown, DeviceUp, Key, KeyPressed, PageOrder
from edge.model.problem import Problem
from edge.services.doors import _spans


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    shop = ParcelBench(tmp_path, boards=1)
    shop.go_online()
    return shop


def problems(shop: ParcelBench) -> list[Problem]:
    tx = shop.begin()
    found = list(shop.doors.problems(tx))
    tx.rollback()
    return found


def test_a_door_that_a_technician_opened_and_left_is_named_until_it_is_shut(shop: ParcelBench) -> None:
    assert problems(shop) == []
    shop.tell(PageOrder(CID, "locker.open", {"box": "B03", "why": "technician"}, "technician"))
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [3]
    assert problems(shop) == [Problem("door.open", "3", "the door of cell B03 is open")]
    shop.shut(3)
    assert problems(shop) == []


def test_a_door_at_which_a_parcel_is_put_in_or_taken_out_is_no_problem(shop: ParcelBench) -> None:
    shop.courier()
    shop.keys("1E")
    shop.scan(waybill(1))
    shop.pass_s(OPENS_S)
    (door,) = shop.open_doors
    assert problems(shop) == []
    shop.put_in(door)
    shop.card(STOP)
    assert problems(shop) == []
    shop.leaf(door).is_open = True
    shop.pass_s(SEEN_S)
    assert [one.what for one in problems(shop)] == [str(door)], "somebody has forced it, or it sprang open"


def test_a_board_that_is_lost_tells_of_no_open_door_but_that_nobody_knows(shop: ParcelBench) -> None:
    shop.leaf(5).is_open = True
    shop.pass_s(SEEN_S)
    assert [one.what for one in problems(shop)] == ["5"]
    shop.tell(BoardLost(WALL, 1, "silent"))
    assert problems(shop) == [Problem("door.mute", "1–8", f"lock board 1 of {WALL} does not answer")]
    shop.pass_s(SEEN_S)
    assert [one.what for one in problems(shop)] == ["5"], "it answers again"


@pytest.mark.parametrize(("doors", "said"), [([3], "3"), ([1, 2, 3], "1–3"), ([1, 2, 8, 9, 11], "1–2, 8–9, 11")])
def test_doors_that_do_not_answer_are_named_and_no_other(doors: list[int], said: str) -> None:
    assert _spans(doors) == said


def test_of_boards_that_are_gone_with_their_bus_the_bus_is_the_problem(shop: ParcelBench) -> None:
    shop.tell(BoardLost(WALL, 1, "silent"), DeviceDown(WALL, "the cable was pulled"))
    assert problems(shop) == []


def test_the_terminal_shows_it_and_the_check_that_ends_an_installation_names_it(tmp_path: Path) -> None:
    box = PageBox(tmp_path)
    box.put(cell(1), cell(16))
    box.board("begin")
    for octets in ((0, 0), (1, 0), (0, 0), (0, 0x80), (0, 0)):
        box.contacts(*octets)
        box.board("look")
    box.off()
    box.tell(DeviceUp(BUS))
    box.contacts(0, 0x80)
    assert "door.open 16" in look(box)
    assert checked(box) == ("failed", "door_open.16")
    box.contacts(0, 0)
    assert "door.open 16" not in look(box)
    box.tell(KeyPressed("pad", Key.ENTER, box.clock.mono_s))  # the counter asks whether something lies in the cell
    assert checked(box) == ("works", "")
    box.terminal.close()


class PageBox(WallBox):
    """With a page, which alone has something checked."""

    def start(self, *, reachable: bool = False) -> None:
        with_page = WALL_TOML + '[web]\nbind = "127.0.0.1:0"\n'
        self.config.write_text(SHOP + with_page, encoding="utf-8")
        OwnBox.start(self, reachable=reachable)


def look(box: WallBox) -> list[str]:
    """As whoever runs it does twice a second."""
    terminal, tx = box.terminal, begin(box)
    terminal.snapshot = now = terminal.health.snapshot(tx, terminal.ledger.last_n)
    tx.rollback()
    return [f"{one.kind} {one.what}" for one in now.troubles]


def checked(box: WallBox) -> tuple[str, str]:
    """What the check says of the wall."""
    box.order("setup.check")
    box.pass_s(60)
    tx = begin(box)
    found = json.loads(tx.get("setup") or "{}")["checked"]["found"]
    tx.rollback()
    (wall,) = (one for one in found if one["part"] == "locker")
    return wall["verdict"], wall["code"]


def begin(box: WallBox) -> Any:
    return box.terminal.ledger.begin(lambda record, tx: None)
