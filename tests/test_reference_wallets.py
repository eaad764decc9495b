"""The model of payment providers: each customer's plan, each request any number of times, and what it charged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from counter_bench import HandClock

from edge.clock import iso_ms
from edge.codec.wire_down import Response
from edge.codec.wire_up import Request
from edge.reference_cloud.store import SCHEMA, WALLETS, CloudStore
from edge.reference_cloud.wallets import PLANS, Wallets

PID, OTHER, CID, RID = (f"019aadf2-17aa-7c3e-9d51-6a1b2c3d4e{tail}" for tail in ("5f", "60", "61", "62"))


class Provider:
    """One provider, asked by hand."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.store = CloudStore(folder / "cloud.db")
        self.store.open()
        self.wallets = Wallets(self.store, self.clock)

    def ask(self, kind: str, cid: str = CID, **args: Any) -> list[Response]:
        at = iso_ms(self.clock.wall())
        return self.wallets.answer(
            Request(tid="T7K3M9Q2", cid=cid, type=f"payment.{kind}", at=at, exp_s=90, args={"pid": PID} | args)
        )

    def pay(self, plan: str = "00", *, amt: int = 300, digit: str = "7") -> list[Response]:
        code = "28" + digit * 14 + plan
        return self.ask("pay", PID, sale=OTHER, m="alipay", amt=amt, cur="CNY", code=code)

    def later(self, seconds: float) -> list[Response]:
        self.clock.pass_s(seconds)
        return self.wallets.due()

    def charged(self) -> int:
        return sum(
            amount - refunded
            for amount, refunded in self.store.rows("SELECT amount, refunded FROM wallet WHERE state = 'approved'")
        )


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    provider = Provider(tmp_path)
    yield provider
    provider.store.close()


def states(answers: list[Response]) -> list[str | None]:
    return [answer.state for answer in answers]


def test_a_customer_pays_at_once_and_asking_again_charges_nothing_more(provider: Provider) -> None:
    assert states(provider.pay()) == ["accepted"]
    (final,) = provider.later(1)
    assert (final.state, final.cid, final.more) == ("approved", PID, None)
    assert final.out == {"pid": PID, "amt": 300, "cur": "CNY", "m": "alipay", "ref": "P6a1b2c3d4e5f"}
    assert states(provider.pay()) == ["approved"]
    assert provider.later(600) == []
    assert provider.charged() == 300


@pytest.mark.parametrize(
    ("plan", "first", "after_s", "then"),
    [("90", ["wait_customer"], 7, ["approved"]), ("91", ["wait_customer"], 6, ["declined"]),
     ("92", ["wait_customer"], 600, []), ("93", ["accepted"], 1, ["declined"]), ("94", [], 600, []),
     ("95", [], 600, []), ("96", ["unknown"], 600, []), ("97", ["wait_customer"], 600, []),
     ("98", ["accepted"], 1, ["approved", "approved"]), ("99", ["accepted"], 121, ["approved"])],
)  # fmt: skip
def test_each_customer_has_a_plan(
    provider: Provider, plan: str, first: list[str], after_s: float, then: list[str]
) -> None:
    assert states(provider.pay(plan)) == first
    assert states(provider.later(after_s)) == then


@pytest.mark.parametrize(
    ("plan", "after_s", "state"), [("94", 1, "approved"), ("96", 5, "unknown"), ("96", 21, "approved")]
)
def test_asking_tells_what_nobody_was_told(provider: Provider, plan: str, after_s: float, state: str) -> None:
    provider.pay(plan)
    provider.clock.pass_s(after_s)
    assert states(provider.ask("query")) == [state]


def test_the_third_request_of_a_bad_line_arrives(provider: Provider) -> None:
    assert [states(provider.pay("95")) for _ in range(3)] == [[], [], ["accepted"]]
    assert states(provider.later(1)) == ["approved"]


@pytest.mark.parametrize("kind", ["query", "cancel"])
def test_a_payment_that_never_came_is_cancelled_and_stays_so(provider: Provider, kind: str) -> None:
    (answer,) = provider.ask(kind)
    assert (answer.state, answer.out) == ("cancelled", {"pid": PID})
    assert states(provider.pay()) == ["cancelled"]
    assert provider.charged() == 0


def test_a_cancel_before_the_money_closes_it_and_after_it_gives_it_back(provider: Provider) -> None:
    provider.pay("90")
    assert states(provider.ask("cancel")) == ["cancelled"]
    assert provider.later(60) == []
    provider.store.run("DELETE FROM wallet")
    provider.pay("94")
    provider.clock.pass_s(1)
    assert states(provider.ask("cancel")) == ["cancelled"]
    assert provider.charged() == 0


def test_a_success_that_was_told_or_came_first_is_not_undone_by_a_cancel(provider: Provider) -> None:
    provider.pay()
    provider.later(1)
    assert states(provider.ask("cancel")) == ["approved"]
    provider.store.run("DELETE FROM wallet")
    provider.pay("97")
    provider.clock.pass_s(4)
    assert states(provider.ask("cancel")) == ["approved"]


def test_a_payment_that_comes_after_its_cancel_goes_back_as_a_refund_and_by_no_cancel(provider: Provider) -> None:
    """The answer to the first cancel may be lost: then the terminal books what it is told next."""
    provider.pay("99")
    assert provider.later(60) == []
    assert states(provider.ask("cancel")) == ["cancelled"]
    assert states(provider.ask("query")) == ["cancelled"]
    (told,) = provider.later(61)
    assert (told.state, told.cid, provider.charged()) == ("approved", PID, 300)
    assert states(provider.ask("cancel")) == ["approved"]
    assert provider.charged() == 300
    assert states(provider.ask("refund", rid=RID, amt=300, cur="CNY")) == ["refunded"]
    assert provider.charged() == 0
    assert states(provider.ask("query")) == ["cancelled"]


def paid_after_all(provider: Provider) -> None:
    """Told as cancelled, and charged a minute later; that was told once."""
    provider.pay("99")
    provider.clock.pass_s(60)
    assert states(provider.ask("cancel")) == ["cancelled"]
    assert states(provider.later(61)) == ["approved"]


def test_money_after_the_end_is_told_again_and_again_until_it_is_asked_back(provider: Provider) -> None:
    paid_after_all(provider)
    assert provider.later(1) == []
    told = 0
    for _ in range(24):
        assert provider.wallets.next_turn_s() is not None
        told += len(provider.later(300))
    assert 4 <= told <= 6, "ever more rarely, at last once an hour"
    assert states(provider.ask("refund", rid=RID, amt=300, cur="CNY")) == ["refunded"]
    assert (provider.charged(), provider.wallets.next_turn_s()) == (0, None)
    assert provider.later(2 * 3600) == []
    assert states(provider.ask("query")) == ["cancelled"], "it pays no sale any more"


def test_money_after_the_end_is_told_to_its_terminal_at_its_hello_and_by_a_cloud_that_starts(
    provider: Provider,
) -> None:
    paid_after_all(provider)
    assert states(provider.wallets.greeted("T7K3M9Q2")) == ["approved"]
    assert provider.wallets.greeted("T7K3M9Q3") == []
    again = Wallets(provider.store, provider.clock)
    assert again.next_turn_s() == 0
    assert states(again.due()) == ["approved"]
    assert again.due() == []


def test_money_after_the_end_is_told_for_a_week_and_then_left_to_a_person(provider: Provider) -> None:
    paid_after_all(provider)
    assert states(provider.later(6 * 86_400)) == ["approved"]
    assert provider.later(86_400) == []
    assert (provider.wallets.next_turn_s(), provider.charged()) == (None, 300)


def test_a_refund_that_was_declined_stays_declined(provider: Provider) -> None:
    provider.pay("90")
    assert states(provider.ask("refund", rid=RID, amt=200, cur="CNY")) == ["declined"]
    provider.later(7)
    assert states(provider.ask("refund", rid=RID, amt=200, cur="CNY")) == ["declined"]
    assert states(provider.ask("refund", rid=OTHER, amt=200, cur="CNY")) == ["refunded"]
    assert provider.charged() == 100


@pytest.mark.parametrize("other", [{"amt": 301}, {"digit": "8"}])
def test_another_amount_or_code_under_the_same_id_is_a_conflict(provider: Provider, other: dict[str, Any]) -> None:
    provider.pay()
    (answer,) = provider.pay(**other)
    assert answer.err is not None
    assert answer.err.code == "payment.conflict"
    provider.later(1)
    assert provider.charged() == 300


def test_a_refund_is_done_once_and_never_more_than_was_paid(provider: Provider) -> None:
    provider.pay()
    provider.later(1)
    for _ in range(3):
        assert states(provider.ask("refund", rid=RID, amt=200, cur="CNY")) == ["refunded"]
    assert provider.charged() == 100
    assert states(provider.ask("refund", rid=OTHER, amt=101, cur="CNY")) == ["declined"]
    (conflict,) = provider.ask("refund", rid=RID, amt=100, cur="CNY")
    assert conflict.err is not None


def test_a_file_of_the_version_before_keeps_its_refunds(tmp_path: Path, provider: Provider) -> None:
    provider.pay()
    provider.later(1)
    provider.ask("refund", rid=RID, amt=200, cur="CNY")
    provider.store.commit()
    with closing(sqlite3.connect(tmp_path / "old.db")) as old:
        old.executescript(f"{SCHEMA}{WALLETS} PRAGMA user_version = 2;")
        old.execute("ATTACH ? AS new", (str(tmp_path / "cloud.db"),))
        old.execute("INSERT INTO main.wallet SELECT * FROM new.wallet")
        old.execute("INSERT INTO main.wallet_refund SELECT rid, pid, amount FROM new.wallet_refund")
        old.commit()
    provider.store.close()
    (tmp_path / "old.db").replace(tmp_path / "cloud.db")
    provider.store.open()
    assert states(provider.ask("refund", rid=RID, amt=200, cur="CNY")) == ["refunded"]
    assert provider.charged() == 100


@pytest.mark.parametrize("args", [{"amt": 0}, {"amt": "300"}, {"code": "1"}, {"m": "card"}, {"sale": 7}])
def test_a_request_that_breaks_the_contract_is_refused(provider: Provider, args: dict[str, Any]) -> None:
    good = {"sale": OTHER, "m": "alipay", "amt": 300, "cur": "CNY", "code": "28" + "7" * 16}
    (answer,) = provider.ask("pay", PID, **{**good, **args})
    assert answer.err is not None
    assert answer.err.code == "schema.invalid"
    assert "7777" not in answer.err.msg


def test_a_cloud_that_starts_again_still_knows_what_it_charged(provider: Provider) -> None:
    provider.pay("90")
    provider.store.commit()
    again = Wallets(provider.store, provider.clock)
    assert again.next_turn_s() == pytest.approx(6.0)
    provider.clock.pass_s(6)
    assert states(again.due()) == ["approved"]
    assert again.next_turn_s() is None


def test_the_page_for_who_tries_payments_names_every_customer() -> None:
    page = (Path(__file__).resolve().parent.parent / "docs" / "payments.md").read_text("utf-8")
    assert [digits for digits in PLANS if f"\n| {digits} | " not in page] == [], "give them a line in docs/payments.md"
