"""A courier's hour and a customers' evening without a network, and what the cloud knows of both in the end."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lossy_world import TID, World
from parcel_bench import IN, OPENS_S, STOP, ParcelBench, waybill

from edge.codec.wire_parcel import Expected
from edge.model.parcel import ParcelState

PARCELS = 200
IN_CELLS = 16
A_MINUTE_S = 60.0
CARRIERS = {"SF": "SF1{:012d}", "YTO": "YT{:013d}", "JD": "JDX{:012d}"}


def numbers() -> list[tuple[str, str]]:
    """(carrier, waybill) of all that come, in the order in which they come."""
    return [
        (carrier, shape.format(n)) for n in range(PARCELS) for carrier, shape in [list(CARRIERS.items())[n % 3]]
    ]  # fmt: skip


def whose(n: int, number: str) -> Expected:
    """Every fifth recipient has two parcels."""
    person = n - 1 if n % 5 == 1 else n
    return Expected(parcel=f"p_{n}", waybill=number, to=f"r{person}", name="张三", tail=f"138000{person:05d}")


def custody(world: World[ParcelBench]) -> dict[str, list[str]]:
    """By waybill, what the cloud holds of hand-overs, in order."""
    found: dict[str, list[str]] = {}
    for row in world.report.rows(TID, "pk"):
        body: dict[str, Any] = row.data
        if row.type in ("parcel.stored", "parcel.collected", "parcel.cancelled", "parcel.returned"):
            found.setdefault(body["waybill"], []).append(row.type)
    return found


def go_online(world: World[ParcelBench]) -> None:
    """Until nothing is under way and everything is told."""
    shop = world.shop
    shop.dial()
    shop.up()
    for _ in range(4000):
        world.turn(2.0)
        tx = shop.begin()
        untold, rest = tx.parcels.untold(limit=1), [tx.outbox.position(stream) for stream in ("pk", "tx")]
        tx.rollback()
        if not untold and all(position.head == position.acked for position in rest):
            return
    raise AssertionError("the cloud never hears of everything")


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["cu16", "8a"])
def test_every_hand_over_of_an_hour_and_an_evening_is_at_the_cloud_once(tmp_path: Path, protocol: str) -> None:
    world = World(tmp_path, 7, ParcelBench(tmp_path / "shop", protocol=protocol))
    shop, all_numbers = world.shop, numbers()
    world.cloud.parcels.address(TID, [whose(n, number) for n, (_, number) in enumerate(all_numbers)])
    world.store.commit()

    begun = shop.clock.mono_s
    shop.card(IN)
    for _, number in all_numbers[IN_CELLS:]:
        shop.pass_s(0.7)
        shop.scan(number)
    minutes = (shop.clock.mono_s - begun) / A_MINUTE_S
    assert (PARCELS - IN_CELLS) / minutes >= 40, "so many a minute without a key"
    shop.card(STOP)
    shop.courier()
    shop.keys("1E")
    for _, number in all_numbers[:IN_CELLS]:
        shop.scan(number)
        shop.pass_s(OPENS_S)
        if not shop.open_doors:
            continue
        shop.put_in(shop.open_doors[0])
        shop.keys("E")
    shop.card(STOP)
    assert Counter(shop.known(number).state for _, number in all_numbers) == {ParcelState.STORED: PARCELS}
    assert len({shop.known(number).cell or shop.known(number).shelf for _, number in all_numbers}) == PARCELS
    assert custody(world) == {}, "the network is down"

    go_online(world)
    assert {number: custody(world)[number] for _, number in all_numbers} == {
        number: ["parcel.stored"] for _, number in all_numbers
    }
    codes = {message.waybill: message.code for message in world.cloud.parcels.messages(TID)}
    assert codes.keys() == {number for _, number in all_numbers}

    shop.down()
    collected = collect(shop, all_numbers[::3], codes)
    assert len(collected) >= PARCELS // 3
    go_online(world)
    for _, number in all_numbers:
        expected = ["parcel.stored", *(["parcel.collected"] if number in collected else [])]
        assert custody(world)[number] == expected, number
    assert shop.verdict() == ""


def collect(shop: ParcelBench, wanted: list[tuple[str, str]], codes: dict[str, str]) -> set[str]:
    """Each comes with the code of one parcel and leaves with all that lie here under the same name."""
    gone: set[str] = set()
    places = {place.id: place.door for place in shop.wall.places}
    for _, number in wanted:
        if number in gone:
            continue
        tx = shop.begin()
        first = tx.parcels.by_waybill(number)
        parcels = [first, *[p for p in tx.parcels.of_recipient(first.recipient.key) if p.id != first.id]]
        tx.rollback()
        shop.code(codes[number])
        for parcel in parcels:
            if parcel.cell:
                shop.pass_s(OPENS_S)
                door = places[parcel.cell]
                assert shop.open_doors == [door], "nothing else opens"
                shop.take_out(door)
            else:
                shop.scan(parcel.waybill)
            gone.add(parcel.waybill)
    return gone


def test_waybills_of_the_hour_are_of_three_carriers() -> None:
    assert {carrier for carrier, _ in numbers()} == set(CARRIERS)
    assert len({number for _, number in numbers()}) == PARCELS
    assert waybill(1) == "SF1000000000001"
