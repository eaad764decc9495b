"""The parcel station on the counter page: doors and crowbars, boards, vans, couriers, and what people are told."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from page_bench import Counter, open_counter, read_serial

from edge.clock import SystemClock
from edge.codec.badge import badge_id
from edge.codec.cell_map import CELLS, read_cell_map
from edge.codec.cell_map import WALL as MAP
from edge.codec.waybill import carrier_names
from edge.codec.wire_up import Request
from edge.devices import driver_module
from edge.model.badge import Role
from edge.model.cell_map import LockLine
from edge.outside import Outside
from edge.platform_file import load_carriers
from edge.reference_cloud.parcels import Parcels
from edge.reference_cloud.store import CloudStore
from edge.sim.counter.deliveries import COURIERS, VAN_LOAD, van
from edge.sim.counter.shop_file import TID
from edge.sim.counter.station import put_up
from edge.sim.counter.wall import BOARDS, DEVICE, DOORS, PLACES, PROTOCOL, Hand, LockerWall
from edge.store.badges import BADGES, BadgeBook
from edge.terminal_folder import open_terminal_folder

SCRIPT = "station.js"


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    with open_counter(tmp_path) as counter:
        counter.shop.station.vans.begin()
        put_up(tmp_path / "data", SystemClock())
        yield counter


def door_of(state: dict[str, object], number: int) -> dict[str, object]:
    station = state["station"]
    assert isinstance(station, dict)
    (found,) = [door for door in station["doors"] if door["door"] == number]
    return dict(found)


def lay(counter: Counter, door: int, hand: Hand) -> tuple[int, str]:
    return counter.post("door", {"door": door, "hand": hand})


def test_a_wall_that_was_put_up_is_free_and_its_couriers_are_known(tmp_path: Path) -> None:
    assert "16 doors" in put_up(tmp_path, SystemClock())
    assert put_up(tmp_path, SystemClock()) == "there since last time"
    folder = open_terminal_folder(tmp_path, Outside())
    document = folder.documents.collection(CELLS).get(MAP)
    module = driver_module(f"locker_{PROTOCOL}")
    wall, wrong = read_cell_map(document, {DEVICE: LockLine(BOARDS, module.WIRING, module.LOCKS)})
    badges = BadgeBook(folder.documents.collection(BADGES))
    known = [badges.find(badge_id(courier.badge.hash)) for courier in COURIERS]
    folder.ledger.close(clean=True)
    folder.lock.release()
    assert (wall.places, wrong) == (PLACES, [])
    assert [(badge.role, badge.carrier) for badge in known if badge] == [(Role.COURIER, c.carrier) for c in COURIERS]


def test_every_hand_on_a_door_is_seen(counter: Counter) -> None:
    assert counter.until(lambda state: door_of(state, 9)["state"] == "free")
    for hand, key, value in (
        (Hand.JAM, "jammed", True), (Hand.UNJAM, "jammed", False), (Hand.FORCE, "open", True),
        (Hand.PUT_IN, "parcel", True), (Hand.SHUT, "open", False),
    ):  # fmt: skip
        assert lay(counter, 9, hand) == (200, "")
        assert counter.until(lambda state, k=key, v=value: door_of(state, 9)[k] is v)  # type: ignore[misc]
    counter.post("board", {"board": 2, "on": False})
    assert counter.until(lambda state: not state["station"]["boards"]["2"])


def test_what_lies_in_a_cell_lies_in_it_tomorrow(tmp_path: Path) -> None:
    for hand in (Hand.FORCE, Hand.PUT_IN, Hand.SHUT):
        assert LockerWall(tmp_path).lay_hand_on(3, hand) == ("" if hand is not Hand.PUT_IN else "the door is shut")
    today = LockerWall(tmp_path)
    for hand in (Hand.FORCE, Hand.PUT_IN, Hand.SHUT, Hand.JAM):
        assert today.lay_hand_on(3, hand) == ""
    (door,) = [door for door in LockerWall(tmp_path).look()["doors"] if door["parcel"]]
    assert (door["door"], door["open"], door["jammed"]) == (3, False, True)


def test_what_a_door_does_not_allow_is_told_in_the_language_of_the_page(counter: Counter) -> None:
    script = counter.get(SCRIPT).decode()
    refused = [lay(counter, 5, Hand.PUT_IN)]
    lay(counter, 5, Hand.FORCE)
    refused.append(lay(counter, 5, Hand.TAKE_OUT))
    lay(counter, 5, Hand.PUT_IN)
    refused += [lay(counter, 5, Hand.PUT_IN), counter.post("courier", {"carrier": "x"}), counter.post("code", {})]
    for status, said in refused:
        assert (status, f'"{said}": "' in script) == (409, True), said


def test_a_van_is_announced_but_for_what_nobody_told_of(counter: Counter) -> None:
    counter.post("van", {})
    with closing(sqlite3.connect(counter.shop.cloud_file)) as database:
        orders = [json.loads(body) for (body,) in database.execute("SELECT body FROM command ORDER BY cid")]
        ((addresses,),) = database.execute("SELECT count(*) FROM address").fetchall()
    told = [parcel["waybill"] for order in orders for parcel in order["args"]["parcels"]]
    assert addresses == 2 * VAN_LOAD
    assert told == [one.waybill for number in (0, 1) for one in van(number) if one.is_announced]
    assert counter.shop.station.vans.deliveries == [*van(0), *van(1)]


def test_waybills_are_of_the_carriers_that_they_say() -> None:
    carriers = load_carriers()
    for number in range(30):
        for one in van(number):
            names = carrier_names(one.waybill, carriers)
            assert names == ((one.carrier,) if one.carrier else ("YUNDA", "CHINA_POST")), one.waybill
    numbers = [one.waybill for number in range(30) for one in van(number)]
    assert len(set(numbers)) == len(numbers)


def test_a_couriers_badge_is_scanned_and_is_nowhere_on_the_page(counter: Counter) -> None:
    assert counter.post("courier", {"carrier": "SF"}) == (200, "")
    badge = COURIERS[0].badge.text
    assert read_serial(counter.shop.bench.cables.scanner, 28) == badge.encode() + b"\r"
    assert badge.encode() not in counter.get("shelf") + counter.get("state")


def test_a_recipients_message_is_on_the_page(counter: Counter) -> None:
    parcel, store = van(0)[0], CloudStore(counter.shop.cloud_file)
    store.open()
    args = {"parcel": "p1", "waybill": parcel.waybill, "code": "012345", "box": "B03"}
    question = Request(tid=TID, cid="019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f", type="parcel.notify",
                       at="2026-11-26T04:00:00.000Z", exp_s=90, args=args)  # fmt: skip
    assert Parcels(store, SystemClock()).answer(question).state == "done"
    store.commit()
    store.close()
    state = counter.until(lambda state: state["station"]["messages"])
    assert state["station"]["messages"] == [
        {"to": parcel.to, "waybill": parcel.waybill, "code": "012345", "place": "B03"}
    ]
    assert [one["state"] for one in state["station"]["deliveries"]] == ["expected"] * VAN_LOAD


def test_the_code_of_a_message_needs_a_terminal_that_asks(counter: Counter) -> None:
    counter.post("switch", {"name": "scanner", "on": False})
    assert counter.post("code", {"code": "012345", "keyed": True}) == (409, "the scanner is not plugged in")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("door", {"door": 0, "hand": "shut"}), ("door", {"door": 17, "hand": "shut"}), ("door", {"door": True}),
        ("door", {"door": 1, "hand": "kick"}), ("door", {"door": 1, "hand": []}), ("board", {"board": 3, "on": True}),
        ("board", {"board": 1, "on": "yes"}), ("board", {"board": True, "on": True}), ("courier", {"carrier": 7}),
        ("code", {"code": "12345", "keyed": True}), ("code", {"code": 123456, "keyed": True}),
        ("code", {"code": "123456", "keyed": 1}),
    ],
)  # fmt: skip
def test_nonsense_is_refused(counter: Counter, path: str, body: object) -> None:
    assert counter.post(path, body)[0] == 409


def test_the_page_has_words_for_all_there_is_in_both_languages(counter: Counter) -> None:
    script = counter.get(SCRIPT).decode()
    notes = {one.note for one in van(0)} - {""}
    for word in {*Hand, *notes, *(courier.carrier for courier in COURIERS), "releasing", "stored", "picked_up"}:
        assert len(re.findall(rf'\b{word}: "', script)) == 2, word
    assert len(DOORS) == len(set(DOORS)) == 2 * len(re.findall(r"\[\d, \d, \d\]", script))


def test_what_two_people_do_at_one_door_leaves_one_parcel_in_it(tmp_path: Path) -> None:
    """Whatever hands do in whatever order, a cell holds one parcel or none, and nothing goes through a shut door."""
    wall, chance = LockerWall(tmp_path), Random(7)
    for _ in range(300):
        before = wall.look()["doors"][0]
        hand = chance.choice(list(Hand))
        wrong = wall.lay_hand_on(1, hand)
        after = wall.look()["doors"][0]
        moved = before["parcel"] is not after["parcel"]
        assert moved == (not wrong and hand in (Hand.PUT_IN, Hand.TAKE_OUT))
        assert not moved or before["open"]
