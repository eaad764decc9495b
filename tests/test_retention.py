"""What the ledger forgets, in which order, and what a full disk does to a sale."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, CounterBench, HandClock
from link_bench import LinkBench, Note, Notes, online
from wallet_bench import ALIPAY, WECHAT, WalletBench

from edge.clock import iso_ms
from edge.codec.command_card import receipt_code
from edge.model.ledger_rows import EffectState
from edge.model.records import Stream
from edge.services import storage
from edge.services.forgetting import KEEP
from edge.store.disk import Space


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def acknowledge_all(shop: CounterBench, *, but: int = 0) -> None:
    tx = shop.begin()
    for stream in Stream:
        tx.outbox.acknowledge(stream, tx.outbox.position(stream).head - but)
    tx.commit()


def prune(shop: CounterBench, *, before_days: float = 0, limit: int = 10_000) -> int:
    tx = shop.begin()
    gone: int = tx.retention.prune(iso_ms(shop.clock.at - timedelta(days=before_days)), limit=limit)
    tx.commit()
    return gone


def test_only_old_and_acknowledged_rows_go_and_the_chain_still_verifies(shop: CounterBench) -> None:
    for _ in range(5):
        shop.sell()
        shop.sleep_s(86_400)
    before = len(shop.records())
    assert prune(shop) == 0
    acknowledge_all(shop)
    gone = prune(shop, before_days=2.5)
    assert 0 < gone < before
    assert [row["n"] for row in shop.records()] == list(range(gone + 1, before + 1))
    assert shop.verdict() == ""
    shop.restart()
    shop.sell()
    assert shop.verdict() == ""
    assert shop.ledger.set_aside is None


def test_the_first_row_that_must_stay_keeps_everything_after_it(shop: CounterBench) -> None:
    for _ in range(4):
        shop.sell()
    tx = shop.begin()
    tx.outbox.acknowledge(Stream.TX, 4)
    tx.commit()
    shop.sleep_s(86_400 * 2)
    shop.sell()
    assert prune(shop) == 0, "the boot event before them is not acknowledged"


def test_a_turn_is_bounded(shop: CounterBench) -> None:
    for _ in range(10):
        shop.sell()
    shop.sleep_s(86_400)
    shop.sell()
    acknowledge_all(shop)
    assert prune(shop, limit=4) == 4
    assert shop.verdict() == ""


def test_receipt_numbers_and_the_business_day_go_on_though_every_row_may_go(shop: CounterBench) -> None:
    """By size, rows of today may go as soon as they are acknowledged."""
    for _ in range(3):
        shop.sell()
        acknowledge_all(shop)
        shop.pass_s(60)
        prune(shop)
    assert shop.sales()[-1]["receipt"] == "261123-1-0003"
    shop.clock.at -= timedelta(days=3)
    shop.restart()
    shop.sell()
    assert shop.sales()[-1]["receipt"] == "261123-1-0004"


def test_the_newest_row_stays_as_the_floor_of_the_clock(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", items=None)
    acknowledge_all(shop)
    shop.sleep_s(86_400)
    prune(shop)
    assert len(shop.records()) == 1


def test_sales_and_their_jobs_go_with_their_rows(shop: CounterBench) -> None:
    shop.sell()
    first = shop.records("sale.completed")[0]["id"]
    shop.sleep_s(86_400 * 2)
    shop.sell()
    acknowledge_all(shop)
    assert prune(shop, before_days=1) > 0
    tx = shop.begin()
    assert (tx.sales.by_id(first), list(tx.print_jobs.of(first))) == (None, [])
    assert first not in [kick.id for state in EffectState for kick in tx.kicks.in_state(state)]


@pytest.fixture
def wallets(tmp_path: Path) -> WalletBench:
    counter = WalletBench(tmp_path / "shop")
    online(counter)
    return counter


def kept(shop: CounterBench, table: str) -> int:
    tx = shop.begin()
    ((rows,),) = tx._read(f"SELECT count(*) FROM {table}")
    tx.rollback()
    return int(rows)


def forget_payments(shop: CounterBench, *, before_days: float = 0) -> None:
    tx = shop.begin()
    tx.retention.forget_payments(iso_ms(shop.clock.at - timedelta(days=before_days)))
    tx.commit()


def test_refunds_go_with_their_rows(wallets: WalletBench) -> None:
    wallets.sell()
    wallets.card("ZZ1106")
    wallets.scan(receipt_code(wallets.sales()[-1]["receipt"]))
    wallets.card("ZZ2066")
    wallets.keys("E")
    assert (kept(wallets, "refund"), kept(wallets, "refund_line")) == (1, 1)
    wallets.sleep_s(86_400 * 2)
    wallets.sell()
    acknowledge_all(wallets)
    prune(wallets, before_days=3)
    assert (kept(wallets, "refund"), kept(wallets, "refund_line")) == (1, 1)
    prune(wallets, before_days=1)
    assert (kept(wallets, "refund"), kept(wallets, "refund_line")) == (0, 0)


def test_payments_go_when_their_sale_is_forgotten_or_never_was(wallets: WalletBench) -> None:
    wallets.pays()
    wallets.answer("cancelled")
    wallets.scan(ALIPAY)
    wallets.answer("approved")
    paid = wallets.payment().id
    wallets.sleep_s(86_400 * 2)
    wallets.sell()
    forget_payments(wallets, before_days=3)
    assert kept(wallets, "payment") == 2
    forget_payments(wallets, before_days=1)
    assert wallets.payment(paid).rest == 300, "its goods can still come back"
    acknowledge_all(wallets)
    prune(wallets, before_days=1)
    forget_payments(wallets, before_days=1)
    assert kept(wallets, "payment") == 0


def test_what_may_still_be_asked_for_is_not_forgotten(wallets: WalletBench) -> None:
    wallets.pays()
    wallets.pass_s(25)
    wallets.card("ZZ1076")
    wallets.scan(NOODLES)
    wallets.keys("0.5E")
    wallets.scan(WECHAT)
    wallets.answer("declined")
    wallets.answer("approved")
    wallets.sleep_s(86_400)
    forget_payments(wallets)
    assert kept(wallets, "payment") == 2, "one is unknown, of the other money is on its way back"
    wallets.answer("refunded", kind="payment.refund")
    forget_payments(wallets)
    assert kept(wallets, "payment") == 2, "its sale is open"
    wallets.card("ZZ1021")
    acknowledge_all(wallets)
    wallets.sleep_s(86_400)
    wallets.sell()
    acknowledge_all(wallets)
    prune(wallets, before_days=0.5)
    forget_payments(wallets, before_days=0.5)
    assert (kept(wallets, "payment"), kept(wallets, "payment_refund")) == (1, 0)


def test_a_payment_without_an_end_and_one_whose_money_is_on_its_way_back_outlive_their_sale(
    wallets: WalletBench,
) -> None:
    wallets.pays()
    pid = wallets.payment().id
    wallets.pass_s(25)
    wallets.keys("5E")
    wallets.sleep_s(86_400)
    wallets.sell()
    acknowledge_all(wallets)
    prune(wallets, before_days=0.5)
    forget_payments(wallets, before_days=0.5)
    assert wallets.payment(pid).unwanted
    wallets.answer("approved", kind="payment.cancel")
    wallets.sleep_s(86_400)
    forget_payments(wallets, before_days=0.5)
    assert wallets.payment(pid).rest == 300
    wallets.answer("refunded", kind="payment.refund")
    forget_payments(wallets, before_days=0.5)
    assert (kept(wallets, "payment"), kept(wallets, "payment_refund")) == (0, 0)


def test_the_shop_forgets_coupons_by_itself(shop: CounterBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "KEEP_COUPONS", 1)
    tx = shop.begin()
    for coupon in ("c-1", "c-2"):
        tx.coupons.present(coupon, promotion="p", sale=tx.new_id())
        tx.coupons.use(coupon)
    tx.commit()
    shop.pass_s(3000)
    assert kept(shop, "coupon") == 1


def test_the_shop_forgets_payments_by_itself_after_ninety_days(wallets: WalletBench) -> None:
    wallets.pays()
    wallets.answer("cancelled")
    wallets.card("ZZ1021")
    wallets.sleep_s(KEEP.total_seconds() + 86_400)
    wallets.sell()
    acknowledge_all(wallets)
    wallets.pass_s(3000)
    assert kept(wallets, "payment") == 0


def test_coupons_are_forgotten_where_they_were_only_shown_and_the_oldest_of_many_that_are_used(
    shop: CounterBench,
) -> None:
    """A coupon has no last day in the ledger: the newest stay, and used ones can be known for years."""
    shop.scan(COLA)
    tx = shop.begin()
    open_sale = tx.counter.sale.id
    sales = [tx.new_id() for _ in range(6)]
    for number, sale in enumerate(sorted(sales)):
        tx.coupons.present(f"c-{number}", promotion="p", sale=sale)
    for number in range(5):
        tx.coupons.use(f"c-{number}")
    tx.coupons.present("c-open", promotion="p", sale=open_sale)
    tx.commit()
    shop.sleep_s(86_400)
    forget_payments(shop)
    assert kept(shop, "coupon") == 6, "c-5 was shown and not used"
    tx = shop.begin()
    tx.retention.forget_coupons(keep=3)
    assert [tx.coupons.is_used(f"c-{number}") for number in range(5)] == [False, False, True, True, True]
    assert tx.coupons.of(open_sale) == [("c-open", "p")]
    tx.rollback()


def test_the_shop_forgets_by_itself_after_ninety_days_and_not_while_someone_is_served(shop: CounterBench) -> None:
    shop.sell()
    acknowledge_all(shop)
    shop.sleep_s(KEEP.total_seconds() - 86_400)
    shop.sell()
    acknowledge_all(shop)
    assert shop.records()[0]["n"] == 1
    shop.scan(COLA)
    shop.sleep_s(2 * 86_400)
    assert shop.records()[0]["n"] == 1
    shop.card("ZZ1021")
    shop.pass_s(1300)
    assert shop.records()[0]["n"] > 1
    assert shop.verdict() == ""


def test_a_clock_that_nobody_has_set_makes_no_row_old(shop: CounterBench) -> None:
    """An empty battery or a wrong step can put it years ahead: last week's receipts must still be taken back."""
    shop.sell()
    acknowledge_all(shop)
    shop.clock.disciplined = False
    shop.sleep_s(KEEP.total_seconds() * 4)
    shop.pass_s(1300)
    assert shop.records()[0]["n"] == 1
    shop.clock.disciplined = True
    shop.pass_s(1300)
    assert shop.records()[0]["n"] > 1


def test_dropped_events_keep_their_links_and_tx_is_never_dropped(shop: CounterBench) -> None:
    shop.sell()
    tx = shop.begin()
    assert tx.retention.drop_events(limit=100, max_octets=10) > 0
    tx.commit()
    assert shop.verdict() == ""
    assert shop.sales()[0]["total"] == 300
    assert [row["data"] for row in shop.records("boot")] == [None]
    shop.restart()
    assert shop.ledger.set_aside is None


def test_from_80_percent_on_acknowledged_events_give_up_their_room_and_nothing_else(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop")
    shop.sell()
    for _ in range(2_000):
        shop.tell(Note("x" * 500))
    acknowledge_all(shop, but=1)
    before = shop.begin().retention.size_octets()
    shop.space = Space(total=100_000_000, free=19_000_000)
    shop.pass_s(61)
    shop.run_jobs()
    shop.pass_s(2.5)
    emptied = [row for row in shop.records() if row["data"] is None]
    assert 1_000 <= len(emptied) <= 1_500, "a turn is bounded"
    shop.pass_s(60)
    events = [row for row in shop.records() if row["stream"] == "ev"]
    assert {row["data"] is None for row in events if row["acked"]} == {True}
    assert {row["data"] is None for row in events if not row["acked"]} == {False}
    assert shop.sales()[0]["total"] == 300
    assert shop.begin().retention.size_octets() < before / 2
    assert shop.verdict() == ""
    shop.go_online()
    shop.resend(1, 100)
    shop.pass_s(1)
    gone = [(part.lo, part.hi) for batch in shop.batches() if batch.rid for part in batch.gone]
    assert gone == [(1, 100)]
    shop.restart()
    assert shop.ledger.set_aside is None


def test_what_the_cloud_parked_stays_readable_on_a_full_disk(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop")
    shop.tell(Notes(3))
    shop.go_online()
    shop.ack(3, rej=[{"seq": 2, "code": "schema.invalid"}])
    tx = shop.begin()
    assert tx.retention.forget_events(limit=2) == 2
    assert tx.retention.forget_events(limit=100) == 1
    assert tx.retention.forget_events(limit=100) == 0
    tx.commit()
    assert [row["data"] is None for row in shop.records()] == [True, False, True, False]


def test_floor_of_an_unsynchronised_clock_is_the_last_row_and_a_second(tmp_path: Path) -> None:
    clock = HandClock(disciplined=False)
    shop = CounterBench(tmp_path / "shop", clock=clock)
    shop.sell()
    last = shop.records()[-1]["at"]
    clock.at -= timedelta(days=400)
    shop.restart()
    assert shop.records("boot")[-1]["at"] > last
    assert shop.records("boot")[-1]["clk"] == "unsync"
    clock.at -= timedelta(hours=1)
    shop.sell()
    assert all(row["at"] > last for row in shop.records() if row["boot"] == 2)
    clock.at += timedelta(days=400, hours=1)
    clock.disciplined = True
    shop.sell()
    step = shop.records("clock.stepped")[-1]
    after = shop.records("sale.completed")[-1]
    assert step["data"]["src"] == "ntp"
    assert step["n"] < after["n"]
    assert (after["clk"], after["at"][:16]) == ("ok", iso_ms(clock.at)[:16])
    assert sum(row["type"] == "clock.stepped" for row in shop.records()) <= 2


def test_a_step_is_recorded_once_and_first_and_a_small_drift_not_at_all(shop: CounterBench) -> None:
    shop.clock.at += timedelta(seconds=1.9)
    shop.sell()
    assert shop.records("clock.stepped") == []
    shop.clock.at += timedelta(seconds=7283.69)
    look = shop.begin()
    shop.health.snapshot(look, 1)
    look.rollback()
    shop.sell()
    shop.sell()
    (step,) = shop.records("clock.stepped")
    assert step["data"]["step_ms"] == 7_283_690
    assert all(row["up"] >= step["up"] for row in shop.records() if row["n"] > step["n"])
    assert all(row["up"] < step["up"] for row in shop.records() if row["n"] < step["n"])
