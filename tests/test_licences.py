"""Store licences: who may sign one, which stands, what it lets be sold, what is said before and when it ends."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import COLA, TID, Habits
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from licence_services import STORE, keys_of_all, license_all
from link_bench import LinkBench

from edge.clock import iso_ms
from edge.codec.jws import write_jws
from edge.codec.licence import LICENCE_TYP, claimed_platform, read_licence, write_licence
from edge.codec.topics import Down
from edge.codec.wire_licence import GET, PUT
from edge.errors import WireError
from edge.model.ids import uuid7
from edge.model.licence import KeptLicence, Licence
from edge.platform_file import load_platforms
from edge.reference_cloud.seal import Signer
from edge.services.licences import bar

ALI, JD, THIEF = (Signer(kid, bytes([n]) * 32) for n, kid in enumerate(("alibaba-1", "jd", "alibaba-1")))
KEYS = {
    signer.kid: Ed25519PrivateKey.from_private_bytes(signer.seed).public_key().public_bytes_raw()
    for signer in (ALI, JD)
}  # fmt: skip
GOOD = Licence(
    "A-2026-00817", 1, "alibaba", "天猫小店", STORE, TID, frozenset({"top_up", "travel"}), date(2026, 1, 1),
    date(2026, 12, 31),
)  # fmt: skip
TOP_UP = "ALI_TOP_UP"
FOURTH = Path(__file__).with_name("fourth_platform.toml")


def text(signer: Signer = ALI, **changed: Any) -> str:
    return write_licence(replace(GOOD, **changed), kid=signer.kid, sign=signer.sign)


class LicenceBench(LinkBench):
    """See `LinkBench`; the cloud gives licences when a test says so."""

    def why(self, service: str = TOP_UP) -> str | None:
        return self.licences.why_not(service, self.clock.wall())

    def asked(self) -> list[Any]:
        return [request for request in self.sent("req") if request.type == GET]

    def given(self, *signed: str) -> None:
        """What the cloud answers to the newest question."""
        self.hear(Down.RES, {"cid": self.asked()[-1].cid, "ok": True, "out": {"licences": list(signed)}})

    def put(self, signed: str, *, cid: str = "") -> str:
        cid = cid or uuid7(self.clock.wall(), Random(len(self.published)))
        at = iso_ms(self.clock.wall())
        args = {"licence": signed}
        self.hear(Down.CMD, {"cid": cid, "type": PUT, "iat": at, "ttl_s": 600, "args": args, "by": "platform:alibaba"})
        return cid

    def answers(self) -> list[tuple[str, Any]]:
        return [(result.state, result.out or (result.err and result.err.code)) for result in self.sent("res")]

    def events(self, kind: str) -> list[Any]:
        return [row["data"] for row in self.records(kind)]


@pytest.fixture
def shop(tmp_path: Path) -> LicenceBench:
    shop = LicenceBench(tmp_path / "shop", Habits(licence_keys=KEYS))
    shop.go_online()
    shop.printer_ready()
    shop.spoken.clear()
    return shop


# --- the signed text -------------------------------------------------------------------------------------------------


def test_a_licence_is_read_as_it_was_signed() -> None:
    assert read_licence(text(), KEYS) == GOOD
    assert read_licence(text(terminal="", withdrawn=True), KEYS) == replace(GOOD, terminal="", withdrawn=True)


def body(**changed: Any) -> str:
    told = {"no": "A-1", "ver": 1, "platform": "alibaba", "brand": "", "store": STORE, "services": ["top_up"],
            "from": "2026-01-01", "until": "2026-12-31"} | changed  # fmt: skip
    return write_jws(told, kid=ALI.kid, sign=ALI.sign, typ=LICENCE_TYP)


@pytest.mark.parametrize(
    ("signed", "code"),
    [
        (text(THIEF), "sig.invalid"),
        (text(JD), "sig.unknown_kid"),
        (text(Signer("bank", b"x" * 32)), "sig.unknown_kid"),
        (text()[:-4] + "AAAA", "sig.invalid"),
        (write_jws({"no": "A-1"}, kid=ALI.kid, sign=ALI.sign), "sig.header"),
        (body(ver=0), "schema.invalid"),
        (body(ver="2"), "schema.invalid"),
        (body(platform="Alibaba"), "schema.invalid"),
        (body(services="top_up"), "schema.invalid"),
        (body(services=["x"] * 41), "schema.invalid"),
        (body(until="2026-02-30"), "schema.invalid"),
        (body(until=None), "schema.invalid"),
        (body(withdrawn="no"), "schema.invalid"),
        (body(brand="x" * 5_000), "proto.too_large"),
        ("eyJ.x.y", "sig.header"),
        ("", "sig.header"),
    ],
)
def test_what_is_no_licence_is_told_by_its_code(signed: str, code: str) -> None:
    with pytest.raises(WireError) as refused:
        read_licence(signed, KEYS)
    assert refused.value.code == code


def test_whose_it_says_it_is_is_read_and_never_believed() -> None:
    assert (claimed_platform(text(THIEF)), claimed_platform("a.b.c"), claimed_platform("")) == ("alibaba", "", "")


@pytest.mark.parametrize(
    ("day", "changed", "why"),
    [
        (date(2026, 1, 1), {}, None),
        (date(2026, 12, 31), {}, None),
        (date(2025, 12, 31), {}, "lic.early"),
        (date(2027, 1, 1), {}, "lic.over"),
        (date(2026, 6, 1), {"withdrawn": True}, "lic.withdrawn"),
        (date(2026, 6, 1), {"services": frozenset({"loan"})}, "lic.not_in_it"),
        (date(2026, 6, 1), {"services": frozenset({TOP_UP})}, None),
    ],
)
def test_what_a_licence_lets_be_sold_on_a_day(day: date, changed: dict[str, Any], why: str | None) -> None:
    offer = load_platforms().service(TOP_UP)
    assert offer is not None
    assert replace(GOOD, **changed).refusal(offer, day) == why


def test_a_warning_is_due_fourteen_days_before_the_end_and_three() -> None:
    due = [GOOD.warning(GOOD.ends - timedelta(days=left)) for left in (30, 14, 13, 3, 2, 0, -1)]
    assert due == [None, None, 14, 14, 3, 3, None]
    assert replace(GOOD, withdrawn=True).warning(GOOD.ends) is None


# --- how they come ---------------------------------------------------------------------------------------------------


def test_after_each_welcome_the_terminal_asks_and_what_it_gets_stands(shop: LicenceBench) -> None:
    assert len(shop.asked()) == 1 and shop.why() == "lic.none"
    shop.given(text())
    assert (shop.why(), shop.why("top_up"), shop.why("ALI_LOAN")) == (None, None, "lic.not_in_it")
    assert (shop.why("JD_TOP_UP"), shop.why("agent_note"), shop.why("pawn")) == ("lic.none", "lic.none", "lic.none")
    assert shop.events("licence.kept") == [
        {"platform": "alibaba", "no": "A-2026-00817", "ver": 1, "until": "2026-12-31", "services": ["top_up", "travel"]}
    ]  # fmt: skip
    shop.down()
    shop.go_online()
    assert len(shop.asked()) == 2
    shop.given(text())
    assert len(shop.events("licence.kept")) == 1, "what is known is no news"


def test_an_answer_that_does_not_come_is_asked_for_once_more(shop: LicenceBench) -> None:
    shop.pass_s(61)
    first, again = shop.asked()
    assert first.cid == again.cid
    shop.given(text())
    shop.pass_s(600)
    assert len(shop.asked()) == 2 and shop.why() is None


def test_licences_survive_a_power_cut_and_a_cloud_that_says_nothing(shop: LicenceBench) -> None:
    shop.given(text())
    for _ in range(2):
        shop.restart()
        assert shop.why() is None
    shop.go_online()
    shop.hear(Down.RES, {"cid": shop.asked()[-1].cid, "ok": True, "out": {"licences": []}})
    assert shop.why() is None, "only a signed word takes a licence back"


def test_the_power_goes_before_the_document_is_written_and_the_next_welcome_brings_it(shop: LicenceBench) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    shop.licences.shelf.keep = cut  # type: ignore[method-assign, assignment]
    with pytest.raises(KeyboardInterrupt):
        shop.given(text())
    shop.restart()
    assert shop.why() == "lic.none" and not shop.events("licence.kept")
    shop.go_online()
    shop.given(text())
    assert shop.why() is None and len(shop.events("licence.kept")) == 1


def test_a_command_puts_one_and_withdraws_it_and_is_answered_the_same_ever_after(shop: LicenceBench) -> None:
    cid = shop.put(text())
    assert shop.why() is None
    assert shop.answers()[-1] == ("done", {"platform": "alibaba", "no": "A-2026-00817", "ver": 1})
    shop.put(text(), cid=cid)
    assert len(shop.events("licence.kept")) == 1
    shop.put(text(version=2, withdrawn=True))
    assert shop.why() == "lic.withdrawn" and "lic.withdrawn" in shop.prompts
    assert shop.events("licence.kept")[-1]["withdrawn"] is True
    shop.put(text())
    assert shop.why() == "lic.withdrawn", "an old paper takes nothing back"
    assert shop.answers()[-1] == ("done", {"platform": "alibaba", "no": "A-2026-00817", "ver": 2})
    shop.restart()
    assert shop.why() == "lic.withdrawn"
    shop.go_online()
    shop.put(text(version=3, ends=date(2027, 12, 31)))
    assert shop.why() is None


@pytest.mark.parametrize(
    ("signed", "why", "code"),
    [
        (text(THIEF), "lic.forged", "sig.invalid"),
        (text(JD), "lic.forged", "sig.unknown_kid"),
        (text(store="S-00001"), "lic.other_shop", "auth.denied"),
        (text(terminal="T7K3M9Q3"), "lic.other_shop", "auth.denied"),
    ],
)
def test_a_forged_one_and_another_shops_let_nothing_be_sold_and_take_nothing_away(
    shop: LicenceBench, signed: str, why: str, code: str
) -> None:
    shop.put(signed)
    assert (shop.why(), shop.answers()[-1]) == (why, ("rejected", code))
    assert shop.events("licence.refused") == [{"why": code, "platform": "alibaba"}]
    shop.restart()
    assert shop.why() == why
    shop.go_online()
    shop.given(signed)
    assert len(shop.events("licence.refused")) == 1, "the same again is no news"
    shop.given()
    shop.put(text())
    assert shop.why() is None
    shop.put(signed)
    assert shop.why() is None, "what stands goes on standing"


@pytest.mark.parametrize("args", [{}, {"licence": 3}, {"licence": ""}, {"licence": "x" * 5_000}])
def test_a_command_without_a_licence_is_rejected(shop: LicenceBench, args: dict[str, Any]) -> None:
    at = iso_ms(shop.clock.wall())
    cid = uuid7(shop.clock.wall(), Random(5))
    shop.hear(Down.CMD, {"cid": cid, "type": PUT, "iat": at, "ttl_s": 600, "args": args, "by": "x"})
    assert shop.answers()[-1] == ("rejected", "schema.invalid")


@pytest.mark.parametrize("out", [{}, {"licences": 3}, {"licences": ["x"] * 13}, {"licences": ["garbage"]}])
def test_an_answer_that_is_none_changes_nothing(shop: LicenceBench, out: dict[str, Any]) -> None:
    shop.hear(Down.RES, {"cid": shop.asked()[-1].cid, "ok": True, "out": out})
    assert shop.why() == "lic.none" and not shop.events("licence.kept")


def test_a_document_that_somebody_changed_lets_nothing_be_sold(shop: LicenceBench) -> None:
    shop.given(text())
    shop.licences.shelf.keep("alibaba", KeptLicence(text(THIEF, ends=date(2099, 1, 1))))
    assert shop.why() == "lic.none"
    shop.licences.shelf.keep("jd", KeptLicence(text()))
    assert shop.why("JD_TOP_UP") == "lic.none", "another platform's word is none"


def test_a_key_that_was_taken_out_of_the_file_counts_no_more(tmp_path: Path) -> None:
    shop = LicenceBench(tmp_path / "shop", Habits(licence_keys=KEYS))
    shop.go_online()
    shop.given(text())
    shop.habits = Habits(licence_keys={"jd": KEYS["jd"]})
    shop.restart()
    assert shop.why() == "lic.none"


def test_a_shop_without_keys_sells_goods_and_no_services(tmp_path: Path) -> None:
    shop = LicenceBench(tmp_path / "shop")
    shop.go_online()
    assert not shop.asked()
    shop.put(text())
    assert shop.why() == "lic.forged"
    shop.scan(COLA)
    shop.card("ZZ1021")
    assert len(shop.sales()) == 1


def test_a_shop_with_all_licences_sells_all_services_those_of_a_fourth_platform_too(tmp_path: Path) -> None:
    platforms = load_platforms(own=FOURTH)
    shop = LicenceBench(tmp_path / "shop", Habits(platforms=platforms, licence_keys=keys_of_all(platforms)))
    assert [shop.why(offer.id) for offer in platforms.services] == ["lic.none"] * len(platforms.services)
    license_all(shop.licences)
    assert [shop.why(offer.id) for offer in platforms.services] == [None] * len(platforms.services)
    license_all(shop.licences, ends=date(2026, 10, 31))
    assert {shop.why(offer.id) for offer in platforms.services} == {"lic.over"}


# --- how they end ----------------------------------------------------------------------------------------------------


def test_two_weeks_before_the_end_it_is_said_and_printed_once_and_once_more_in_the_last_days(
    shop: LicenceBench,
) -> None:
    shop.given(text(ends=date(2026, 12, 8)))
    assert not shop.events("licence.ending")
    days = []
    for _ in range(17):
        shop.sleep_s(82_800)
        shop.pass_s(3_600)
        shop.restart()
        shop.printer_ready()
        if shop.prompts and "lic.ending" in shop.prompts:
            days.append((shop.clock.wall().date().isoformat(), shop.why()))
        shop.hush()
    assert [data["days"] for data in shop.events("licence.ending")] == [14, 3]
    assert days == [("2026-11-25", None), ("2026-12-06", None)]
    assert shop.why() == "lic.over"


def test_the_warning_names_platform_number_and_day(shop: LicenceBench) -> None:
    shop.given(text(ends=date(2026, 11, 30)))
    assert shop.last_words == "阿里巴巴许可剩八天，请续期"
    paper = json.dumps([str(block) for block in shop.printed[-1].slip.blocks], ensure_ascii=False)
    assert all(
        word in paper for word in ("阿里巴巴", "天猫小店", "A-2026-00817", "2026-11-30", "8天", "2026-11-23 12:00")
    )


def test_a_renewal_is_warned_of_anew_and_an_old_end_no_more(shop: LicenceBench) -> None:
    shop.given(text(ends=date(2026, 11, 30)))
    shop.put(text(version=2, ends=date(2027, 11, 30)))
    shop.restart()
    assert len(shop.events("licence.ending")) == 1
    shop.go_online()
    shop.put(text(version=3, ends=date(2026, 11, 30)))
    assert len(shop.events("licence.ending")) == 2


def test_the_day_turns_with_the_shops_zone(shop: LicenceBench) -> None:
    shop.given(text(ends=date(2026, 11, 23)))
    assert shop.licences.why_not(TOP_UP, datetime(2026, 11, 23, 15, 59, tzinfo=UTC)) is None
    assert shop.licences.why_not(TOP_UP, datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == "lic.over"


def test_health_says_which_licences_stand(shop: LicenceBench) -> None:
    shop.given(text(), text(JD, platform="jd", ends=date(2026, 1, 31)))
    tx = shop.begin()
    state = shop.health.snapshot(tx, 1)
    tx.rollback()
    assert state.licences == (
        ("alibaba", "A-2026-00817", "until 2026-12-31"), ("china_post", "", "none"), ("jd", "A-2026-00817", "ended"),
    )  # fmt: skip


def test_a_service_that_is_barred_is_said_and_journaled(shop: LicenceBench) -> None:
    offer = load_platforms().service(TOP_UP)
    assert offer is not None
    tx = shop.begin()
    bar(offer, "lic.over", tx)
    tx.commit()
    assert shop.events("licence.barred") == [{"service": TOP_UP, "platform": "alibaba", "why": "lic.over"}]
