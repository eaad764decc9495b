"""The self-test of the locker wall: empty cells only, one after the other, and a slip with what was found (row 67)."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from counter_bench import COLA
from parcel_bench import OPENS_S, SEEN_S, STOP, ParcelBench, waybill

from edge.codec.badge import badge_id, new_badge_code
from edge.messages import Outcome
from edge.model.badge import Badge, Role
from edge.model.cell import CellState
from edge.model.counter import Waiting
from edge.model.parcel import ParcelState
from edge.model.slip import Row, Text

A = waybill(1)
BADGE = new_badge_code(Random("technician"))


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    return made(tmp_path, "cu16")


@pytest.fixture
def blind(tmp_path: Path) -> ParcelBench:
    return made(tmp_path, "8a")


def made(folder: Path, protocol: str) -> ParcelBench:
    """Eight doors, a parcel behind the second."""
    shop = ParcelBench(folder / "shop", protocol=protocol, boards=1)
    shop.go_online()
    shop.leaf(1).jammed = True
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    shop.pass_s(4)
    shop.put_in(2)
    shop.keys("E")
    shop.card(STOP)
    shop.leaf(1).jammed = False
    shop.printer_ready()
    shop.paper(Outcome.DONE)
    shop.hush()
    return shop


def badge(shop: ParcelBench) -> None:
    at = shop.clock.wall()
    shop.badges.keep(Badge(badge_id(BADGE.hash), BADGE.hash, Role.TECHNICIAN, "小陈", at))
    shop.scan(BADGE.text)


def begin(shop: ParcelBench) -> None:
    badge(shop)
    shop.keys("E")
    shop.pass_s(OPENS_S)


def shut_all(shop: ParcelBench) -> list[int]:
    """As a technician does; which doors there were."""
    found = []
    for _ in range(20):
        if not shop.open_doors:
            break
        (door,) = shop.open_doors
        found.append(door)
        shop.shut(door)
        shop.pass_s(OPENS_S)
    return found


def told(shop: ParcelBench) -> dict[str, str]:
    """The rows of the newest slip."""
    return {block.left: block.right for block in shop.printed[-1].slip.blocks if isinstance(block, Row)}


def test_every_empty_door_opens_once_and_the_slip_says_so(shop: ParcelBench) -> None:
    before = len(shop.pulsed)
    begin(shop)
    assert shut_all(shop) == [3, 4, 5, 6, 7, 8], "1 is broken, a parcel is in 2"
    assert shop.pulsed[before:] == [3, 4, 5, 6, 7, 8]
    assert shop.prompts[-1] == "test.done"
    assert (told(shop)["好的"], told(shop)["打不开"], told(shop)["没有测"]) == ("6", "0", "2")
    assert {shop.cell(door).state for door in range(3, 9)} == {CellState.FREE}
    opened = [row["data"] for row in shop.records("locker.opened") if row["data"]["why"] == "test"]
    assert {row["by"] for row in opened} == {badge_id(BADGE.hash)}
    assert shop.known(A).state is ParcelState.STORED


def test_a_door_that_does_not_open_and_a_sensor_that_sees_ghosts_are_on_the_slip(shop: ParcelBench) -> None:
    shop.leaf(4).jammed = True
    begin(shop)
    shop.shut(3)
    shop.pass_s(4)
    assert shop.cell(4).state is CellState.FAULT
    (door,) = shop.open_doors
    shop.leaf(door).has_parcel = True
    shop.shut(door)
    shop.pass_s(OPENS_S)
    shut_all(shop)
    assert (told(shop)["好的"], told(shop)["打不开"], told(shop)["传感器有问题"]) == ("4", "1", "1")
    texts = [block.text for block in shop.printed[-1].slip.blocks if isinstance(block, Text)]
    assert texts[1:] == ["4", "5"]
    assert shop.cell(5).state is CellState.CHECK


def test_a_contact_that_stays_open_is_told_by_enter(shop: ParcelBench) -> None:
    begin(shop)
    assert shop.waits_for() is Waiting.TEST_DOORS
    shop.keys("E")
    assert "test.contact" in shop.prompts
    assert shop.cell(3).state is CellState.FAULT
    shop.leaf(3).is_open = False
    shop.pass_s(OPENS_S + SEEN_S)
    shut_all(shop)
    assert told(shop)["传感器有问题"] == "1"


def test_without_sensors_nobody_is_asked_about_each_cell(blind: ParcelBench) -> None:
    begin(blind)
    assert shut_all(blind) == [3, 4, 5, 6, 7, 8]
    assert "door.full_ask" not in blind.prompts
    assert {blind.cell(door).state for door in range(3, 9)} == {CellState.FREE}


@pytest.mark.parametrize("how", ["stop", "-"])
def test_it_can_be_stopped_and_the_open_cell_comes_back(shop: ParcelBench, how: str) -> None:
    begin(shop)
    shop.shut(3)
    shop.pass_s(OPENS_S)
    before = len(shop.pulsed)
    if how == "stop":
        shop.card(STOP)
    else:
        shop.keys(how)
    assert (shop.prompts[-1], told(shop)["好的"]) == ("test.stopped", "1")
    shop.shut(4)
    shop.pass_s(5)
    assert (len(shop.pulsed), shop.cell(4).state) == (before, CellState.FREE)


@pytest.mark.parametrize("moment_s", [0.0, 0.06, 0.3, 1.0])
def test_power_lost_in_the_middle_ends_it_and_pulses_nothing_again(shop: ParcelBench, moment_s: float) -> None:
    badge(shop)
    shop.keys("E")
    shop.pass_s(moment_s)
    before = len(shop.pulsed)
    shop.restart()
    shop.pass_s(5)
    assert len(shop.pulsed) == before
    if shop.leaf(3).is_open:
        shop.shut(3)
    shop.pass_s(5)
    assert (len(shop.pulsed), shop.open_doors) == (before, [])
    assert "test.stopped" in shop.prompts


def test_a_parcel_that_comes_meanwhile_keeps_its_door_shut_and_goods_are_sold(shop: ParcelBench) -> None:
    begin(shop)
    shop.sell(COLA)
    tx = shop.begin()
    tx.cells.keep(tx.cells.find("B04").__class__("B04", CellState.OCCUPIED, "p-4"))
    tx.commit()
    assert 4 not in shut_all(shop)
    assert len(shop.sales()) == 1


def test_nothing_is_tested_without_enter_and_nothing_where_no_cell_is_empty(shop: ParcelBench) -> None:
    before = len(shop.pulsed)
    badge(shop)
    assert shop.prompts[-1] == "test.doors_q"
    shop.keys("-")
    tx = shop.begin()
    for place in shop.wall.places:
        tx.cells.keep(tx.cells.find(place.id).__class__(place.id, CellState.OCCUPIED, "p"))
    tx.commit()
    badge(shop)
    shop.keys("E")
    shop.pass_s(3)
    assert (shop.prompts[-1], len(shop.pulsed)) == ("test.none", before)


def test_who_sells_is_not_asked(shop: ParcelBench) -> None:
    shop.scan(COLA)
    badge(shop)
    assert (shop.prompts[-1], shop.waits_for()) == ("parcel.later", Waiting.NOTHING)


def test_a_door_that_nobody_shuts_ends_it(shop: ParcelBench) -> None:
    begin(shop)
    shop.pass_s(605)
    assert shop.prompts[-1] == "test.stopped"
