"""Money on the shop's own QR code: a signed notice of exactly the amount closes the one sale that waits, no other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import COLA, NOODLES, TID, TOPICS, Habits
from link_bench import online
from test_jws import KEYS, SECRET
from wallet_bench import WalletBench

from edge.clock import iso_ms
from edge.codec.command_card import receipt_code
from edge.codec.json_text import pack_object
from edge.codec.jws import write_jws
from edge.codec.topics import Down
from edge.messages import CloudMessage, Outcome
from edge.model.ids import uuid7
from edge.model.slip import Row

SUBTOTAL, HOLD, OTHER, EXACT, REFUND, ALL = "ZZ1014", "ZZ1076", "ZZ1038", "ZZ1021", "ZZ1106", "ZZ2066"


CHANCE = Random(1)


class NoticeBench(WalletBench):
    """A cloud that signs."""

    ctr = 0

    def command(self, amount: int, **changes: Any) -> dict[str, Any]:
        now = self.clock.wall()
        self.ctr += 1
        args = {
            "pid": changes.pop("pid", self.new_id()), "m": "wechat", "amt": amount, "cur": "CNY", "at": iso_ms(now),
            "ref": "4200002211",
        }  # fmt: skip
        return {
            "v": 1, "tid": "T7K3M9Q2", "cid": self.new_id(), "type": "payment.received", "iat": iso_ms(now),
            "ttl_s": 600, "args": args | changes.pop("args", {}), "by": "svc:pay", "nonce": self.link.nonce(),
            "ctr": self.ctr,
        } | changes  # fmt: skip

    def new_id(self) -> str:
        return uuid7(self.clock.wall(), CHANCE)

    def told(self, command: dict[str, Any]) -> None:
        """As the cloud sends it."""
        self.tell(CloudMessage(TOPICS.down(TID, Down.CMD), signed(command)))

    def received(self, amount: int, **changes: Any) -> dict[str, Any]:
        command = self.command(amount, **changes)
        self.told(command)
        return command

    def results(self) -> list[dict[str, Any]]:
        return [result.wire() for result in self.sent("res")]

    def how(self) -> list[str]:
        return [row["data"]["how"] for row in self.records("payment.received")]


def signed(command: dict[str, Any]) -> bytes:
    return pack_object({"jws": write_jws(command, kid="cmd-2026q4", sign=SECRET.sign)})


@pytest.fixture
def shop(tmp_path: Path) -> NoticeBench:
    bench = NoticeBench(tmp_path / "shop", Habits(command_keys=KEYS))
    online(bench)
    bench.hush()
    return bench


def test_a_notice_of_the_amount_closes_the_sale_that_waits_without_a_key(shop: NoticeBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.card(SUBTOTAL)
    command = shop.received(750)
    assert shop.last_words == "微信收款七点五元，本单已收齐"
    (sale,) = shop.sales()
    assert sale["pay"] == [{"m": "wechat", "amt": 750, "pid": command["args"]["pid"], "ref": "4200002211"}]
    assert shop.how() == ["closed"]
    assert shop.results()[-1]["out"] == {"how": "closed"}


@pytest.mark.parametrize("amount", [749, 751])
def test_another_amount_matches_no_sale(shop: NoticeBench, amount: int) -> None:
    shop.scan(COLA, NOODLES)
    shop.card(SUBTOTAL)
    shop.received(amount)
    assert shop.last_words.endswith("没有对应的单")
    assert (shop.sales(), shop.how()) == ([], ["unmatched"])


def test_a_second_notice_matches_no_sale(shop: NoticeBench) -> None:
    shop.scan(COLA)
    shop.card(SUBTOTAL)
    shop.received(300)
    shop.received(300)
    assert len(shop.sales()) == 1
    assert shop.last_words.endswith("没有对应的单")


def test_before_the_total_and_with_two_sales_of_the_amount_nothing_is_closed(shop: NoticeBench) -> None:
    shop.scan(COLA)
    shop.received(300)
    assert shop.how() == ["unmatched"]
    shop.card(HOLD)
    shop.scan(COLA)
    shop.card(SUBTOTAL)
    shop.received(300)
    assert (shop.sales(), shop.how()) == ([], ["unmatched", "unmatched"])


def test_a_sale_booked_as_other_payment_is_linked_to_the_notice_that_comes_within_three_minutes(
    shop: NoticeBench,
) -> None:
    shop.scan(COLA)
    shop.card(OTHER)
    shop.keys("E")
    shop.pass_s(100)
    shop.received(300)
    assert shop.last_words == "刚才那单三元已到账"
    shop.received(300)
    assert shop.how() == ["linked", "unmatched"]
    assert len(shop.sales()) == 1


def test_after_three_minutes_it_is_not_linked_and_told_as_late_when_it_is(shop: NoticeBench) -> None:
    shop.scan(COLA)
    shop.card(OTHER)
    shop.keys("E")
    shop.pass_s(200)
    late = shop.command(300, args={"at": "2026-11-23T03:59:00.000Z"})
    shop.told(late)
    assert shop.last_words == "补播，上午十一点五十九分收款三元"
    assert shop.how() == ["unmatched"]


def booked_as_other(shop: NoticeBench, *goods: str) -> None:
    shop.scan(*goods)
    shop.card(OTHER)
    shop.keys("E")


def test_a_notice_belongs_to_the_sale_that_it_fits_whatever_was_sold_since(shop: NoticeBench) -> None:
    booked_as_other(shop, NOODLES)
    booked_as_other(shop, COLA)
    shop.sell(COLA)
    command = shop.received(450)
    assert (shop.last_words, shop.how()) == ("刚才那单四点五元已到账", ["linked"])
    assert shop.payment(command["args"]["pid"]).sale == shop.records("sale.completed")[0]["id"]


def test_of_two_sales_that_it_fits_none_is_chosen_and_that_is_said(shop: NoticeBench) -> None:
    booked_as_other(shop, COLA)
    booked_as_other(shop, COLA)
    shop.received(300)
    assert (shop.last_words, shop.how()) == ("微信收款三元，有两单对得上", ["unmatched"])


def test_once_the_older_one_is_too_old_the_newer_one_fits_alone(shop: NoticeBench) -> None:
    booked_as_other(shop, COLA)
    shop.pass_s(150)
    booked_as_other(shop, COLA)
    shop.pass_s(60)
    shop.received(300)
    assert shop.how() == ["linked"]


def test_a_wallet_that_was_refused_before_does_not_keep_a_notice_away(shop: NoticeBench) -> None:
    shop.pays()
    shop.answer("declined")
    shop.card(OTHER)
    shop.keys("E")
    shop.received(300)
    assert shop.how() == ["linked"]


@pytest.mark.parametrize(("age_s", "late"), [(110, False), (130, True)])
def test_what_is_older_than_two_minutes_is_told_as_late(shop: NoticeBench, age_s: int, late: bool) -> None:
    at = iso_ms(shop.clock.wall() - timedelta(seconds=age_s))
    shop.told(shop.command(300, args={"at": at}))
    assert shop.last_words.startswith("补播，") is late


def others_of_the_report(shop: NoticeBench) -> list[tuple[str, str]]:
    """The day is closed; what the Z slip says of other payments."""
    shop.end_day()
    for _ in range(5):
        shop.paper(Outcome.DONE)  # receipts go first
    rows = [(block.left, block.right) for block in shop.printed[-1].slip.blocks if isinstance(block, Row)]
    return [row for row in rows if row[0].startswith(("其他收款", "  "))]


def test_the_report_tells_how_much_of_the_other_payments_nobody_has_verified(shop: NoticeBench) -> None:
    shop.printer_ready()
    for goods in (COLA, NOODLES):
        booked_as_other(shop, goods)
    shop.received(450)
    assert others_of_the_report(shop) == [
        ("其他收款 2 笔", "7.50"), ("  已核对 1 笔", "4.50"), ("  未核对 1 笔", "3.00"),
    ]  # fmt: skip


def test_a_notice_after_the_report_of_its_sale_verifies_nothing_of_the_next(shop: NoticeBench) -> None:
    shop.printer_ready()
    booked_as_other(shop, COLA)
    assert others_of_the_report(shop) == [("其他收款 1 笔", "3.00"), ("  未核对 1 笔", "3.00")]
    shop.received(300)
    assert shop.how() == ["linked"]
    booked_as_other(shop, NOODLES)
    assert others_of_the_report(shop) == [("其他收款 1 笔", "4.50"), ("  未核对 1 笔", "4.50")]


def test_the_same_notice_under_another_command_is_not_counted_again(shop: NoticeBench) -> None:
    first = shop.received(300)
    shop.scan(COLA)
    shop.card(SUBTOTAL)
    shop.received(300, pid=first["args"]["pid"])
    assert (shop.sales(), shop.how()) == ([], ["unmatched"])
    assert shop.results()[-1]["out"] == {"how": "again"}


def test_what_a_notice_paid_can_be_given_back(shop: NoticeBench) -> None:
    shop.scan(COLA)
    shop.card(SUBTOTAL)
    command = shop.received(300)
    shop.card(REFUND)
    shop.scan(receipt_code(shop.sales()[0]["receipt"]))
    shop.card(ALL)
    shop.pass_s(1)
    shop.keys("E")
    (request,) = shop.asked("payment.refund")
    assert (request.args["pid"], request.args["amt"]) == (command["args"]["pid"], 300)


# --- how old the money may be -------------------------------------------------------------------------------------


def came(shop: NoticeBench, seconds: float) -> dict[str, str]:
    """So long ago."""
    return {"at": iso_ms(shop.clock.wall() - timedelta(seconds=seconds))}


@pytest.mark.parametrize(
    ("age_s", "words"),
    [(100, "本单已收齐"), (130, "补播"), (86_400, "补播"), (-5, "本单已收齐"), (-60, "没有对应的单")],
)
def test_money_of_the_last_two_minutes_closes_the_sale_that_waits_and_no_other(
    shop: NoticeBench, age_s: int, words: str
) -> None:
    shop.scan(COLA)
    shop.sleep_s(199_000)
    shop.pass_s(1_000)
    shop.card(SUBTOTAL)
    shop.received(300, args=came(shop, age_s))
    assert words in shop.last_words
    assert len(shop.sales()) == (words == "本单已收齐")


def test_money_that_came_before_the_sale_had_begun_is_of_somebody_else(shop: NoticeBench) -> None:
    shop.pass_s(60)
    shop.scan(COLA)
    shop.card(SUBTOTAL)
    shop.pass_s(20)
    shop.received(300, args=came(shop, 60))
    assert (shop.sales(), shop.last_words) == ([], "微信收款三元，没有对应的单")
    shop.received(300, args=came(shop, 15))
    assert len(shop.sales()) == 1


def test_old_money_is_linked_to_no_sale_of_now(shop: NoticeBench) -> None:
    booked_as_other(shop, COLA)
    shop.received(300, args=came(shop, 3_600))
    assert (shop.how(), shop.last_words[:2]) == (["unmatched"], "补播")
    shop.received(300, args=came(shop, 20))
    assert shop.how() == ["unmatched", "linked"]


@pytest.mark.parametrize(("age_s", "closes"), [(60, True), (600, False)])
def test_while_our_clock_is_wrong_the_clouds_tells_how_old_it_is(tmp_path: Path, age_s: int, *, closes: bool) -> None:
    shop = NoticeBench(tmp_path / "shop", Habits(command_keys=KEYS))
    shop.clock.disciplined = False
    right = shop.clock.wall() + timedelta(days=3)
    shop.go_online(at=iso_ms(right))
    shop.scan(COLA)
    shop.pass_s(700)
    shop.card(SUBTOTAL)
    now = right + timedelta(seconds=700)
    shop.received(300, iat=iso_ms(now), args={"at": iso_ms(now - timedelta(seconds=age_s))})
    assert len(shop.sales()) == closes
    assert shop.last_words.startswith("补播") is not closes


# --- power and damage ---------------------------------------------------------------------------------------------


def test_a_power_cut_right_after_a_notice_was_taken_loses_no_money(shop: NoticeBench) -> None:
    waits(shop)
    command = shop.command(300)
    shop.bus.post(CloudMessage(TOPICS.down(TID, Down.CMD), signed(command)))
    while shop.begin().commands.answer(command["cid"]) is None:
        shop.bus.run_once()
    shop.restart()
    assert (len(shop.sales()), shop.how()) == (1, ["closed"])
    online(shop)
    shop.told(command)
    assert [shop.results()[-1][key] for key in ("state", "dup")] == ["done", True]


def test_a_held_sale_that_nobody_can_read_blocks_no_money(shop: NoticeBench) -> None:
    shop.scan(NOODLES)
    shop.card(HOLD)
    with closing(sqlite3.connect(shop.ledger.path)) as connection:
        connection.execute("UPDATE held SET body = '{}'")
        connection.commit()
    waits(shop)
    shop.received(300)
    assert shop.how() == ["closed"]


# --- what is not signed for this box, now --------------------------------------------------------------------------


def waits(shop: NoticeBench) -> None:
    shop.scan(COLA)
    shop.card(SUBTOTAL)
    shop.hush()


def test_an_unsigned_notice_is_refused(shop: NoticeBench) -> None:
    waits(shop)
    shop.hear(Down.CMD, shop.command(300))
    assert shop.results()[-1]["err"]["code"] == "sig.required"
    assert (shop.sales(), shop.how()) == ([], [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"nonce": "x" * 22}, "cmd.nonce_mismatch"), ({"ctr": 0}, "cmd.replayed"), ({"ctr": None}, "cmd.replayed")],
)
def test_another_session_or_an_old_counter_is_refused(shop: NoticeBench, changes: dict[str, Any], code: str) -> None:
    waits(shop)
    shop.told({key: value for key, value in (shop.command(300) | changes).items() if value is not None})
    assert shop.sales() == []
    assert shop.results()[-1]["err"]["code"] == code


def test_a_signed_command_for_another_box_and_a_wrong_key_have_no_effect(shop: NoticeBench) -> None:
    waits(shop)
    shop.received(300, tid="T9999999")
    shop.hear_raw({"jws": write_jws(shop.command(300), kid="stranger", sign=SECRET.sign)})
    shop.hear_raw({"jws": write_jws(shop.command(300), kid="cmd-2026q4", sign=lambda _: bytes(64))})
    assert (shop.sales(), shop.how(), shop.results()) == ([], [], [])


def test_a_replayed_command_is_answered_again_and_does_nothing(shop: NoticeBench) -> None:
    waits(shop)
    command = shop.received(300)
    waits(shop)
    shop.told(command)
    assert len(shop.sales()) == 1
    assert shop.results()[-1]["dup"] is True


def test_a_notice_whose_time_is_over_has_no_effect(shop: NoticeBench) -> None:
    waits(shop)
    old = shop.command(300)
    shop.pass_s(601)
    shop.told(old)
    assert shop.sales() == []
    assert shop.results()[-1]["state"] == "expired"


@pytest.mark.parametrize("args", [{"amt": 0}, {"amt": "300"}, {"m": "card"}, {"pid": "x"}])
def test_a_notice_that_breaks_the_contract_is_refused_and_books_nothing(
    shop: NoticeBench, args: dict[str, Any]
) -> None:
    waits(shop)
    shop.received(300, args=args)
    assert (shop.sales(), shop.how()) == ([], [])
    assert shop.results()[-1]["err"]["code"] == "schema.invalid"
