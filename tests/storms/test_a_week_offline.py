"""A shop without a network for eight days sells, hands out parcels, and loses nothing (checklist row 49)."""

from __future__ import annotations

from pathlib import Path

import pytest
from parcel_bench import OPENS_S, STOP, waybill
from word_bench import WordBench

from edge.messages import Refusal
from edge.model.parcel import ParcelState
from edge.model.records import Stream

pytestmark = pytest.mark.chaos

DAYS, SALES = 8, 6
DAY_S = 86_400.0
LATE = waybill(2)


def test_eight_days_without_a_network(tmp_path: Path) -> None:
    shop = WordBench(tmp_path / "shop")
    shop.pass_s(1)
    sold = len(shop.sales())
    shop.down(Refusal.NETWORK)
    for _ in range(DAYS):
        for _ in range(SALES):
            shop.sell()
            shop.down(Refusal.NETWORK)
        shop.pass_s(DAY_S)
    shop.courier()
    shop.keys("1E")
    shop.scan(LATE)
    shop.pass_s(OPENS_S)
    (door,) = shop.open_doors
    shop.put_in(door)
    shop.card(STOP)
    shop.reset_code(LATE, "654321")  # as if its recipient had been told on the phone
    shop.code("654321")
    shop.pass_s(OPENS_S)
    shop.take_out(door)
    assert shop.known(LATE).state is ParcelState.PICKED_UP
    assert len(shop.sales()) == sold + DAYS * SALES
    shop.restart()
    shop.pass_s(1)
    shop.published.clear()
    shop.go_online()
    shop.pass_s(30)
    for stream in ("pk", "tx"):
        sent = {event.seq: event.id for batch in shop.batches(stream) for event in batch.evs}
        assert sorted(sent) == list(range(1, len(sent) + 1)) and len(set(sent.values())) == len(sent)
        shop.ack(max(sent), stream=stream)
    shop.pass_s(5)
    tx = shop.begin()
    positions = [tx.outbox.position(stream) for stream in (Stream.TX, Stream.PK)]
    assert all(place.head == place.acked for place in positions)
