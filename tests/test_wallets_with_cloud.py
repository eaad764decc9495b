"""Wallets over a bad network, with power cuts and every kind of customer: no charge without its sale, none twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES
from link_bench import LinkBench
from lossy_world import World, plain_world

from edge.model.sale import State
from edge.reference_cloud.wallets import PLANS

CUSTOMERS = 12
ALL_PLANS = sorted(PLANS)
HOLD, RECALL, STOP = "ZZ1076", "ZZ1083", "ZZ1908"


TURNS_OF_AN_HOUR = 750
"""The longest time between two tellings of money that came after its end."""
CONTRARY = """
    SELECT count(*) FROM wallet WHERE (told = 2 AND state = 'approved' AND refunded < amount)
    OR (plan = '99' AND state = 'cancelled' AND turn <> '' AND told < 2)
"""
"""Money that came after the end and is not back yet, or will come."""


def serve(world: World[LinkBench]) -> None:
    """One customer with a wallet, and a shopkeeper who waits, cancels, parks or takes cash."""
    shop, chance = world.shop, world.chance
    if shop.sale is None:
        shop.scan(*chance.choices((COLA, NOODLES), k=chance.randint(1, 3)))
    plan = chance.choice([*ALL_PLANS, "00"])
    channel = chance.choice(("28", "13", "62"))
    shop.scan(channel + "7" * ((17 if channel == "62" else 16) - 2) + plan)
    for _ in range(chance.randint(2, 60)):
        world.turn(chance.choice((0.5, 2.0)))
        if shop.sale is None:
            return
        match chance.choice(("wait", "wait", "wait", "wait", "stop", "cash", "park", "cut")):
            case "stop":
                shop.card(STOP)
            case "cash" if shop.sale.state in (State.SUBTOTAL, State.PAY_UNKNOWN):
                shop.keys("50E")
            case "park":
                shop.card(HOLD)
            case "cut" if chance.random() < 0.3:
                shop.restart()
                world.network.on_the_way.clear()
                shop.dial()
                shop.up()


@pytest.mark.parametrize("seed", range(20))
def test_no_charge_is_without_its_sale_and_no_sale_without_its_charge(seed: int, tmp_path: Path) -> None:
    world = plain_world(tmp_path, seed)
    shop = world.shop
    shop.dial()
    shop.up()
    for _ in range(20):
        world.turn()
    for _ in range(CUSTOMERS):
        serve(world)
    world.network.loss = 0.0
    for _ in range(TURNS_OF_AN_HOUR):
        world.turn(5.0)
        tx = shop.begin()
        open_payments = [*tx.payments.unfinished(), *tx.payments.unfinished_refunds()]
        ((contrary,),) = world.store.rows(CONTRARY)
        if not open_payments and not contrary and not shop.queries.unsent():
            break
    assert not contrary
    assert not open_payments
    charged = dict(world.store.rows("SELECT pid, amount - refunded FROM wallet WHERE state = 'approved'"))
    booked = {
        pay["pid"]: pay["amt"] for sale in shop.sales() for pay in sale["pay"] if "pid" in pay
    }  # fmt: skip
    still_open = {tender.payment for tender in (shop.sale.tenders if shop.sale else ())}
    assert {pid: amount for pid, amount in charged.items() if amount and pid not in still_open} == booked
    assert len(booked) == sum("pid" in pay for sale in shop.sales() for pay in sale["pay"])
    world.store.close()


def cancelled_and_paid_later(world: World[LinkBench], *, but_away: bool) -> None:
    """A customer who pays a minute after the cancel; `but_away`: while there is no link."""
    world.network.loss = world.network.doubled = 0.0
    shop = world.shop
    shop.dial()
    shop.up()
    for _ in range(20):
        world.turn()
    shop.scan(COLA)
    shop.scan("28" + "7" * 14 + "99")
    for _ in range(70):
        world.turn(1.0)
    assert shop.prompts[-1] == "pay.cancelled"
    world.network.loss = 1.0 if but_away else 0.0
    for _ in range(55):
        world.turn(1.0)
    world.network.loss = 0.0


def test_money_that_comes_after_the_cancel_is_said_and_goes_back(tmp_path: Path) -> None:
    world = plain_world(tmp_path, seed=1)
    cancelled_and_paid_later(world, but_away=False)
    for _ in range(10):
        world.turn(1.0)
    assert "pay.conflict" in world.shop.prompts
    assert world.store.rows("SELECT state, amount - refunded FROM wallet") == [("approved", 0)]
    assert world.shop.sales() == []
    world.store.close()


def test_a_box_that_was_away_hears_of_it_with_its_welcome(tmp_path: Path) -> None:
    world = plain_world(tmp_path, seed=1)
    cancelled_and_paid_later(world, but_away=True)
    assert "pay.conflict" not in world.shop.prompts
    world.shop.down()
    world.shop.dial()
    world.shop.up()
    for _ in range(10):
        world.turn(1.0)
    assert "pay.conflict" in world.shop.prompts
    assert world.store.rows("SELECT amount - refunded FROM wallet") == [(0,)]
    world.store.close()
