"""Parcels are sent while the platform of their carrier licenses it, and within its limits (product decision 9)."""

from __future__ import annotations

from pathlib import Path

import pytest
from licence_services import license_all
from send_bench import EXACT, JD, SEND, SF, STOP, SendBench

from edge.model.counter import Waiting
from edge.model.licence import KeptLicence
from edge.services.sending import ANSWER_S


@pytest.fixture
def shop(tmp_path: Path) -> SendBench:
    shop = SendBench(tmp_path / "shop", scale=False)
    shop.go_online()
    shop.hush()
    return shop


def nothing_booked(shop: SendBench) -> bool:
    return shop.lines == [] and shop.sales() == [] and shop.records("parcel.labelled") == []


def barred(shop: SendBench) -> list[tuple[str, str]]:
    return [(row["data"]["service"], row["data"]["why"]) for row in shop.records("licence.barred")]


def without(shop: SendBench, platform: str) -> None:
    """Its licence is gone, as far as this shop knows."""
    shop.licences.shelf.keep(platform, KeptLicence())


def test_without_any_licence_the_card_is_refused_before_a_code_is_shown(tmp_path: Path) -> None:
    shop = SendBench(tmp_path / "shop", scale=False, licensed=False)
    shop.go_online()
    shop.hush()
    shop.scan(SEND, SF)
    shop.keys("500E")
    assert shop.prompts[0] == "lic.none" and shop.questions == [] and nothing_booked(shop)
    assert barred(shop)[0] == ("ALI_SENDING", "lic.none")


def test_a_carrier_whose_platform_licenses_nothing_is_refused_before_the_fee_is_taken(shop: SendBench) -> None:
    without(shop, "jd")
    shop.answer(shop.ask(JD))
    assert (shop.prompts[-1], barred(shop), shop.waits_for()) == (
        "lic.none", [("JD_SENDING", "lic.none")], Waiting.NOTHING
    )  # fmt: skip
    shop.in_basket(SF)
    assert len(shop.lines) == 1, "the others go on"


def test_a_licence_that_ended_before_enter_bars_the_fee(shop: SendBench) -> None:
    shop.quote(SF)
    without(shop, "alibaba")
    shop.keys("E")
    assert (shop.prompts[-1], shop.waits_for()) == ("lic.none", Waiting.NOTHING) and nothing_booked(shop)


def test_a_licence_that_ended_while_the_fee_lay_in_the_bill_bars_its_payment(shop: SendBench) -> None:
    shop.in_basket(SF)
    without(shop, "alibaba")
    shop.card(EXACT)
    assert shop.prompts[-1] == "lic.none" and shop.sales() == [] and shop.records("parcel.labelled") == []
    license_all(shop.licences)
    shop.card(EXACT)
    assert len(shop.sales()) == 1


def test_what_was_paid_before_the_licence_ended_is_taken_in(shop: SendBench) -> None:
    quote = shop.labelled(SF)
    for platform in ("alibaba", "jd", "china_post"):
        without(shop, platform)
    shop.scan(quote.waybill)
    assert len(shop.records("parcel.accepted")) == 1


def test_a_fee_above_the_platforms_limit_is_refused_with_the_limit(shop: SendBench) -> None:
    shop.answer(shop.ask(SF), fee=100_100)
    assert shop.last_words == "一次最多一千元" and nothing_booked(shop)
    assert [row["data"]["why"] for row in shop.records("service.refused")] == ["svc.most"]


def test_what_goes_wrong_is_journaled_without_the_code(shop: SendBench) -> None:
    shop.ask(SF)
    shop.pass_s(ANSWER_S + 1)
    shop.answer(shop.ask(JD), grams=1)
    shop.scan(STOP)
    assert [row["data"]["why"] for row in shop.records("service.refused")] == ["send.no_answer", "send.differs"]
    assert not any(part in str(row) for row in shop.records() for part in (SF, "张三", "13812345678"))
