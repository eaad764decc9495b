"""What leaves the shop is what `edge.model.closed_list` names, and nothing else (product row 89)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from counter_bench import COLA, NOODLES, CounterBench
from link_bench import LinkBench
from pydantic import BaseModel
from test_record_body import RECORDS

from edge.codec import wire_parcel, wire_up
from edge.codec.bodies import BODIES
from edge.codec.json_text import compact
from edge.codec.record_body import _BODY, record_body
from edge.codec.wire_term import Part
from edge.model.closed_list import CLOSED_LIST, INSIGHT_TYPES, PAUSED, Purpose
from edge.model.money import Fen
from edge.model.records import ItemUnknown, Record, StockMoved, Stream

FORBIDDEN = ("face", "mac", "bssid", "ssid", "audio", "sound", "phone", "idcard", "address", "gps", "lat", "lon")
"""Words of which no field's name may consist."""


def paths(value: Any, prefix: str = "") -> Iterator[str]:
    """`lines.sku` for each value in what is JSON; an empty list has none."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from paths(inner, f"{prefix}{key}.")
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from paths(inner, prefix)
    else:
        yield prefix.removesuffix(".")


def read_paths(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """The same of what a receiver would take."""
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        parts = list(_models(field.annotation))
        if not parts:
            yield key
        for part in parts:
            yield from read_paths(part, f"{key}.")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def told(record: Record) -> Any:
    return json.loads(compact(record_body(record)))


def test_each_record_that_there_is_stands_in_the_list() -> None:
    missing = {kind.type for kind in _BODY} - CLOSED_LIST.keys()
    assert not missing, f"name them, their purpose and their fields in edge/model/closed_list.py: {sorted(missing)}"
    assert CLOSED_LIST.keys() <= BODIES.keys(), "nothing is named that nobody sends"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.type)
def test_no_record_tells_a_field_that_is_not_in_the_list(record: Record) -> None:
    more = set(paths(told(record))) - CLOSED_LIST[record.type].fields
    assert not more, f"add to {record.type} in edge/model/closed_list.py, or leave out: {sorted(more)}"


@pytest.mark.parametrize("kind", sorted(CLOSED_LIST))
def test_the_contract_has_the_fields_of_the_list_and_no_others(kind: str) -> None:
    assert set(read_paths(BODIES[kind])) == set(CLOSED_LIST[kind].fields)


def test_no_field_is_about_faces_radios_sounds_or_phones() -> None:
    words = {word for leaves in CLOSED_LIST.values() for path in leaves.fields for word in path.split(".")}
    assert not {word for word in words for part in word.split("_") if part in FORBIDDEN}


def test_nor_is_any_field_of_the_other_messages_that_leave() -> None:
    for module in (wire_up, wire_parcel):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Part) and kind.__module__ == module.__name__:
                words = {word for path in read_paths(kind) for word in path.replace("_", ".").split(".")}
                assert not words & set(FORBIDDEN), kind


def test_a_photo_is_never_more_than_null() -> None:
    photos = [told(record)["photo"] for record in RECORDS if "photo" in told(record)]
    assert photos and set(photos) == {None}


def test_what_a_day_publishes_stands_in_the_list(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path)
    shop.printer_ready()
    shop.sell(COLA, NOODLES)
    shop.scan(COLA)
    shop.card("ZZ1069")
    shop.keys("E")
    shop.card("ZZ1137")
    shop.go_online()
    shop.pass_s(60)
    events = [event for stream in Stream for batch in shop.batches(stream) for event in batch.evs]
    assert {event.type for event in events} >= {"sale.completed", "boot", "shift.opened"}
    for event in events:
        assert set(paths(event.data)) <= CLOSED_LIST[event.type].fields, event.type


# --- switched off ----------------------------------------------------------------------------------------------------


def switch(shop: CounterBench, *, on: bool) -> None:
    tx = shop.begin()
    tx.put(PAUSED, "" if on else "1")
    tx.commit()


def sell_out(shop: CounterBench) -> None:
    """One piece is in the books, and sold."""
    tx = shop.begin()
    tx._write("INSERT OR REPLACE INTO stock(sku, on_hand, sold) VALUES (?, 1000, 0)", (COLA,))
    tx.commit()
    shop.sell(COLA)


def test_only_what_is_for_insight_stays_away_while_the_owner_has_switched_it_off(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    switch(shop, on=False)
    sell_out(shop)
    tx = shop.begin()
    entry = tx.append(ItemUnknown("6909999999990", Fen(100)))
    tx.append(StockMoved(tx.new_id(), "sale", ()))
    tx.commit()
    assert entry.n == 0
    kinds = {row["type"] for row in shop.records()}
    assert not kinds & INSIGHT_TYPES
    assert {"sale.completed", "stock.moved"} <= kinds
    assert shop.verdict() == ""


def test_the_cloud_is_told_that_it_is_off_and_on_again_and_once(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.card("ZZ1816")
    assert shop.records("insight.switched") == []
    switch(shop, on=False)
    shop.sell()
    shop.sell()
    switch(shop, on=True)
    shop.restart()
    shop.restart()
    assert [row["data"]["on"] for row in shop.records("insight.switched")] == [False, True]


def test_what_ran_out_is_told_when_its_last_piece_is_sold_and_not_again(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.sell(COLA)
    assert shop.records("stock.out") == [], "nobody knows how many there were"
    sell_out(shop)
    shop.sell(COLA)
    assert [row["data"] for row in shop.records("stock.out")] == [{"sku": COLA}]


def test_each_purpose_has_its_types() -> None:
    assert {leaves.purpose for leaves in CLOSED_LIST.values()} == set(Purpose)
