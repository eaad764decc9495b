"""The open basket as text: what is written comes back; what a worn card makes of it is refused, not half believed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edge.codec.basket import completed_sale, parse_quantity, read_counter, write_counter
from edge.codec.bodies import BODIES
from edge.errors import CodecError
from edge.model.counter import Counter
from edge.model.item import Item
from edge.model.money import Fen
from edge.model.sale import Sale, add_item

BASKET = write_counter(Counter(sale=add_item(Sale("s"), Item("1", "可乐", Fen(350)))))
BROKEN = {
    "an infinite value": ('"waiting"', '"verb":"cash","value":Infinity,"waiting"'),
    "a text for a price": (",350,350,", ',"350",350,'),
    "a truth for a line number": ('"lines":[[1,', '"lines":[[true,'),
    "a broken number for an amount": (",350,350,", ",350,350.5,"),
    "a list for a name": ('"可乐"', "[]"),
    "a quantity of another script": ('"1",350', '"٣",350'),
    "a quantity of four decimals": ('"1",350', '"1.2345",350'),
    "nothing for a sale's id": ('"id":"s"', '"id":null'),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_basket_that_says_something_else_is_refused(what: str) -> None:
    old, new = BROKEN[what]
    assert old in BASKET
    with pytest.raises(CodecError, match="the open basket cannot be read"):
        read_counter(BASKET.replace(old, new))


def test_a_basket_nested_ten_thousand_deep_is_refused() -> None:
    with pytest.raises(CodecError):
        read_counter(BASKET[:-1] + ',"sale":' + "[" * 10_000)


@pytest.mark.parametrize("row", [None, 7, 1.5, b"\xff"])
def test_a_row_that_is_no_text_is_refused(row: Any) -> None:
    with pytest.raises(CodecError, match="the open basket cannot be read"):
        read_counter(row)


def test_a_basket_of_before_scales_were_known_is_read() -> None:
    document = json.loads(BASKET)
    document["sale"]["lines"] = [line[:11] for line in document["sale"]["lines"]]
    del document["sale"]["age_ok"]
    assert read_counter(json.dumps(document)) == read_counter(BASKET)


@pytest.mark.parametrize("key", ["n", "sku", "name", "qty", "price", "amt", "voids"])
def test_a_journaled_sale_with_a_list_in_a_line_is_refused(key: str) -> None:
    body = json.loads(json.dumps(BODIES["sale.completed"].EXAMPLE))
    assert len(completed_sale("s", body).lines) == 2
    body["lines"][0][key] = [1]
    with pytest.raises(CodecError, match="a sale in the journal cannot be read"):
        completed_sale("s", body)


@pytest.mark.parametrize("text", ["", "-", ".5", "1.", "1.2345", "--1", "٣", "1e3", " 1", "1_000", "+1"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(CodecError, match="this is not a quantity"):
        parse_quantity(text)
