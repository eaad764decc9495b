"""Badges: good ones open what is their role's, each wrong one is told why, and guessing takes for ever."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from badge_bench import DAY_CLOSE, SECOND_SCANNER, BadgeBench
from counter_bench import COLA, SCANNER, Habits
from link_bench import online

from edge.codec.badge import badge_document, badge_id, find_badge, new_badge_code, read_badge
from edge.codec.gtin import WrongCheck
from edge.errors import CodecError
from edge.messages import Outcome, ScanData
from edge.model.badge import FORGOTTEN_S, FREE_TRIES, MAX_BADGES, WAITS_S, Badge, Ladder, Role
from edge.services.badge_desk import KeepBadge
from edge.services.badges import COPIED_S
from edge.services.scanning import FLOOD_CODES


@pytest.fixture
def shop(tmp_path: Path) -> BadgeBench:
    return BadgeBench(tmp_path / "shop")


def stranger(seed: int) -> str:
    """A badge of another shop."""
    return new_badge_code(Random(seed)).text


def wrong_thrice(shop: BadgeBench, device: str = SCANNER) -> None:
    shop.scan(*map(stranger, range(FREE_TRIES)), device=device)


# --- at the counter --------------------------------------------------------------------------------------------------


def test_the_owners_badge_is_told_to_the_journal_by_its_id_alone(shop: BadgeBench) -> None:
    owner = shop.badge()
    shop.scan(owner.text)
    (row,) = shop.records("auth.ok")
    assert row["data"] == {"dev": SCANNER, "role": "owner", "badge": badge_id(owner.hash)}


@pytest.mark.parametrize("role", [Role.COURIER, Role.TECHNICIAN])
def test_a_badge_that_nothing_waits_for_yet_is_told_so_and_arms_nobody(shop: BadgeBench, role: Role) -> None:
    shop.scan(shop.badge(role).text)
    assert shop.last_words == "卡有效，这项还没开通"
    shop.card(DAY_CLOSE)
    assert shop.last_words == "请先扫店主卡"


def test_a_revoked_an_expired_and_an_unknown_badge_are_each_told_what_to_do(shop: BadgeBench) -> None:
    lost, old = shop.badge(seed=1), shop.badge(days=1, seed=2)
    shop.revoke(lost)
    shop.clock.pass_s(86_400)
    words = []
    for text in (lost.text, old.text, stranger(3)):
        shop.scan(text)
        words.append(shop.last_words)
    assert words == ["这张卡已停用，请换新卡", "这张卡过期了，请换新卡", "不认识这张卡，请找店主"]
    told = [(row["data"]["why"], row["data"].get("badge")) for row in shop.records("auth.failed")]
    assert told == [("revoked", badge_id(lost.hash)), ("expired", badge_id(old.hash)), ("unknown", None)]


@pytest.mark.parametrize("garbage", ["O", "OABC", "O" + "A" * 25, "O" + "A" * 27, "O" + "1" * 26, "O" + "a" * 26])
def test_what_only_begins_like_a_badge_is_an_unknown_code_and_no_try(shop: BadgeBench, garbage: str) -> None:
    shop.scan(*(garbage,) * FREE_TRIES)
    assert shop.last_words == "不认识这个码"
    assert shop.records("auth.failed") == []


def test_a_badge_that_was_not_read_clearly_is_no_try(shop: BadgeBench) -> None:
    shop.scan(shop.badge().text[:-1] + "B")
    assert shop.last_words == "没扫清楚，请再扫"
    assert shop.records("auth.failed") == []


def test_a_badge_sells_nothing_and_leaves_the_sale_alone(shop: BadgeBench) -> None:
    shop.scan(COLA, shop.badge().text, stranger(1))
    assert shop.lines == [("可乐", 300)]
    shop.sell(COLA)
    assert shop.sales()[-1]["total"] == 600


# --- the ladder ------------------------------------------------------------------------------------------------------


def test_after_three_wrong_badges_the_scanner_takes_none_for_a_minute_then_five_then_thirty(shop: BadgeBench) -> None:
    owner = shop.badge().text
    wrong_thrice(shop)
    for wait, minutes in zip((*WAITS_S, WAITS_S[-1]), ("一", "五", "三十", "三十"), strict=True):
        shop.scan(owner)
        assert shop.last_words == f"错太多，请等{minutes}分钟"
        shop.pass_s(wait)
        shop.scan(stranger(int(wait)))
    assert len(shop.records("auth.failed")) == FREE_TRIES + len(WAITS_S) + 1


def test_while_it_waits_tries_cost_no_journal_and_no_longer_wait(shop: BadgeBench) -> None:
    owner = shop.badge().text
    wrong_thrice(shop)
    shop.scan(*map(stranger, range(50)))
    assert len(shop.records("auth.failed")) == FREE_TRIES
    shop.pass_s(WAITS_S[0])
    shop.scan(owner)
    assert shop.last_words == "店主已确认，再扫要办的卡"


def test_the_other_scanner_and_the_shop_go_on(shop: BadgeBench) -> None:
    wrong_thrice(shop)
    shop.scan(shop.badge().text, device=SECOND_SCANNER)
    assert shop.last_words == "店主已确认，再扫要办的卡"
    shop.sell(COLA)
    assert len(shop.sales()) == 1


def test_a_right_badge_ends_the_ladder(shop: BadgeBench) -> None:
    owner = shop.badge().text
    for _ in range(3):
        shop.scan(*map(stranger, range(FREE_TRIES - 1)), owner)
    assert shop.last_words == "店主已确认，再扫要办的卡"


def test_pulling_the_plug_shortens_no_wait(shop: BadgeBench) -> None:
    owner = shop.badge().text
    wrong_thrice(shop)
    shop.pass_s(WAITS_S[0] - 1)
    shop.restart(off_s=30)
    shop.scan(owner)
    assert shop.last_words == "错太多，请等一分钟"
    shop.pass_s(WAITS_S[0])
    shop.scan(owner)
    assert shop.last_words == "店主已确认，再扫要办的卡"


def test_a_wrong_badge_of_yesterday_counts_no_more() -> None:
    ladder = Ladder().stepped(0.0).stepped(1.0)
    assert ladder.stepped(FORGOTTEN_S).wrong == 3
    assert ladder.stepped(1.0 + FORGOTTEN_S).wrong == 1


def test_a_flood_of_badges_is_dropped_as_any_flood(shop: BadgeBench) -> None:
    for n in range(3 * FLOOD_CODES):
        shop.tell(ScanData(SCANNER, stranger(n), shop.clock.mono_s))
    assert shop.prompts.count("scan.flood") == 1
    assert len(shop.records("auth.failed")) == FREE_TRIES


def test_ladders_that_were_damaged_are_begun_anew(shop: BadgeBench, caplog: pytest.LogCaptureFixture) -> None:
    for damage in ("[", "[]", '{"a":1}', '{"a":["x",1]}', '{"a":[1,Infinity]}'):
        tx = shop.begin()
        tx.put("badge.wrong", damage)
        tx.commit()
        shop.scan(stranger(1))
        assert shop.prompts[-1] == "badge.unknown"
    assert "cannot be read" in caplog.text


# --- copies ----------------------------------------------------------------------------------------------------------


def test_one_badge_at_two_scanners_at_once_is_a_copy_and_later_it_is_a_walk(shop: BadgeBench) -> None:
    owner = shop.badge().text
    shop.tell(ScanData(SCANNER, owner, shop.clock.mono_s))
    shop.pass_s(COPIED_S)
    shop.tell(ScanData(SECOND_SCANNER, owner, shop.clock.mono_s))
    assert shop.last_words == "店主已确认，再扫要办的卡"
    shop.pass_s(COPIED_S / 2)
    shop.tell(ScanData(SCANNER, owner, shop.clock.mono_s))
    assert shop.last_words == "两处同用一卡，请换新卡"
    assert shop.records("auth.failed")[-1]["data"]["why"] == "copied"


# --- the cloud -------------------------------------------------------------------------------------------------------


def test_the_cloud_issues_a_badge_by_the_hash_of_its_code_and_it_works_at_once(shop: BadgeBench) -> None:
    code = new_badge_code(Random(5))
    online(shop)
    shop.order("card.issue", {"role": "owner", "name": "王姐", "hash": code.hash})
    assert (shop.results[-1].state, shop.results[-1].out) == ("done", {"badge": badge_id(code.hash)})
    assert shop.records("card.issued")[-1]["data"] == {
        "badge": badge_id(code.hash), "role": "owner", "by": "ops@cloud"
    }  # fmt: skip
    shop.scan(code.text)
    assert shop.last_words == "店主已确认，再扫要办的卡"


def test_without_a_hash_the_shops_printer_makes_it_and_only_the_paper_has_the_code(shop: BadgeBench) -> None:
    online(shop)
    shop.printer_ready()
    shop.order("card.issue", {"role": "courier", "name": "小李", "days": 30})
    (code,) = shop.printed_codes
    shop.paper(Outcome.DONE)
    shop.scan(code)
    assert shop.last_words == "卡有效，这项还没开通"
    with closing(sqlite3.connect(shop.ledger.path)) as connection:
        kept = "\n".join(connection.iterdump())
    documents = (shop.folder / "documents" / "badges.json").read_text(encoding="utf-8")
    assert code not in kept + documents + repr(shop.published)
    shop.clock.pass_s(31 * 86_400)
    shop.scan(code)
    assert shop.last_words == "这张卡过期了，请换新卡"


def test_a_badge_that_the_cloud_revokes_opens_nothing_from_then_on(shop: BadgeBench) -> None:
    owner = shop.badge()
    online(shop)
    shop.order("card.revoke", {"badge": badge_id(owner.hash)})
    assert shop.results[-1].state == "done"
    assert shop.records("card.revoked")[-1]["data"]["badge"] == badge_id(owner.hash)
    shop.scan(owner.text)
    assert shop.last_words == "这张卡已停用，请换新卡"
    shop.restart()
    shop.scan(owner.text)
    assert shop.last_words == "这张卡已停用，请换新卡"


def test_a_badge_that_is_revoked_while_it_is_armed_opens_nothing_more(shop: BadgeBench) -> None:
    owner = shop.badge()
    online(shop)
    shop.scan(owner.text)
    shop.order("card.revoke", {"badge": badge_id(owner.hash)})
    shop.card(DAY_CLOSE)
    assert shop.asked == []
    assert shop.last_words == "请先扫店主卡"


def test_a_revoked_badge_does_not_come_back_by_being_issued_again(shop: BadgeBench) -> None:
    owner = shop.badge()
    shop.revoke(owner)
    online(shop)
    shop.order("card.issue", {"role": "owner", "name": "王姐", "hash": owner.hash})
    assert (shop.results[-1].state, shop.results[-1].err.code) == ("rejected", "auth.denied")
    shop.scan(owner.text)
    assert shop.prompts[-1] == "badge.revoked"


def test_the_same_command_twice_is_carried_out_once_and_answered_the_same(shop: BadgeBench) -> None:
    online(shop)
    shop.printer_ready()
    args = {"role": "owner", "name": "王姐"}
    cid = shop.order("card.issue", args)
    shop.order("card.issue", args, cid=cid)
    assert len(shop.records("card.issued")) == 1
    first, second = shop.results
    assert (first.out, first.state) == (second.out, second.state)
    assert second.dup is True


@pytest.mark.parametrize(
    ("kind", "args"),
    [
        ("card.issue", {}), ("card.issue", {"role": "king", "name": "x"}), ("card.revoke", {"badge": "../../x"}),
        ("card.issue", {"role": "owner", "name": "x", "hash": "abc"}), ("card.issue", {"role": "owner", "name": ""}),
        ("card.issue", {"role": "owner", "name": "x", "days": 0}), ("card.revoke", {"badge": "0123456789ab"}),
    ],
)  # fmt: skip
def test_a_command_that_makes_no_sense_is_refused_and_changes_nothing(
    shop: BadgeBench, kind: str, args: dict[str, object]
) -> None:
    online(shop)
    shop.order(kind, args)
    assert (shop.results[-1].state, shop.results[-1].err.code) == ("rejected", "schema.invalid")
    assert shop.badges.all() == []


def test_a_command_that_came_too_late_is_expired(shop: BadgeBench) -> None:
    owner = shop.badge()
    online(shop)
    shop.order("card.revoke", {"badge": badge_id(owner.hash)}, ttl_s=60, age_s=61)
    assert (shop.results[-1].state, shop.results[-1].err.code) == ("expired", "cmd.expired")
    shop.scan(owner.text)
    assert shop.prompts[-1] == "owner.armed"


def test_of_too_many_badges_the_oldest_that_is_over_gives_way_and_a_living_one_never(shop: BadgeBench) -> None:
    first = shop.badge(seed=0)
    for seed in range(1, MAX_BADGES):
        shop.pass_s(1)
        lost = shop.badge(seed=seed)
    online(shop)
    new = {"role": "owner", "name": "王姐", "hash": new_badge_code(Random(999)).hash}
    shop.order("card.issue", new)
    assert (shop.results[-1].state, shop.results[-1].err.code) == ("rejected", "quota.exceeded")
    shop.revoke(lost)
    shop.order("card.issue", new)
    assert shop.results[-1].state == "done"
    assert len(shop.badges.all()) == MAX_BADGES
    shop.scan(lost.text)
    assert shop.prompts[-1] == "badge.unknown"
    shop.scan(first.text)
    assert shop.prompts[-1] == "owner.armed"


def test_a_box_without_a_printer_asks_for_the_hash(tmp_path: Path) -> None:
    shop = BadgeBench(tmp_path / "shop", Habits(printer=False))
    online(shop)
    shop.order("card.issue", {"role": "owner", "name": "王姐"})
    assert shop.results[-1].err.code == "cmd.unsupported"


def test_power_lost_between_document_and_record_leaves_the_badge_revoked_and_not_told_of(
    shop: BadgeBench,
) -> None:
    owner = shop.badge()
    online(shop)
    shop.bus.on(KeepBadge, lambda kept, tx: 1 / 0)
    shop.order("card.revoke", {"badge": badge_id(owner.hash)})
    assert shop.results == []
    shop.restart()
    online(shop)
    shop.scan(owner.text)
    assert shop.prompts[-1] == "badge.revoked"
    assert shop.records("card.revoked") == []
    assert shop.records("cmd.result")[-1]["data"]["code"] == "cmd.outcome_unknown"


# --- the first owner's card ------------------------------------------------------------------------------------------


NEW_SHOP = Habits(first_card=True)


def test_a_new_shop_prints_its_owners_card_once(tmp_path: Path) -> None:
    shop = BadgeBench(tmp_path / "shop", NEW_SHOP)
    shop.printer_ready()
    (code,) = shop.printed_codes
    shop.paper(Outcome.DONE)
    shop.restart()
    shop.printer_ready()
    assert shop.printed_codes == [code]
    shop.scan(code)
    assert shop.last_words == "店主已确认，再扫要办的卡"
    assert shop.records("card.issued")[-1]["data"]["by"] == "set-up"


def test_one_whose_paper_never_came_is_printed_again_at_the_next_start(tmp_path: Path) -> None:
    shop = BadgeBench(tmp_path / "shop", NEW_SHOP)
    shop.printer_ready()
    shop.paper(Outcome.FAILED)
    shop.restart()
    shop.printer_ready()
    assert len(set(shop.printed_codes)) == 2


def test_a_shop_that_had_an_owners_card_gets_none_by_itself_even_when_it_is_revoked(tmp_path: Path) -> None:
    shop = BadgeBench(tmp_path / "shop", NEW_SHOP)
    shop.printer_ready()
    shop.paper(Outcome.DONE)
    (badge,) = shop.badges.all()
    shop.badges.keep(badge.revoked(shop.clock.wall()))
    shop.restart()
    shop.printer_ready()
    assert len(shop.printed_codes) == 1


# --- codes and documents ---------------------------------------------------------------------------------------------


def test_a_code_has_128_bits_and_reads_as_itself() -> None:
    code = new_badge_code(Random(1))
    assert len(code.text) == 27
    assert find_badge(code.text) == code
    assert code.text not in repr(code)
    assert len({new_badge_code(Random(seed)).text for seed in range(1000)}) == 1000


def test_three_of_four_last_characters_are_seen_to_be_wrong() -> None:
    text = new_badge_code(Random(1)).text
    read = [find_badge(text[:-1] + last) for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"]
    assert sum(isinstance(found, WrongCheck) for found in read) == 24


def test_a_badge_survives_its_document(shop: BadgeBench) -> None:
    at = shop.clock.wall()
    code = new_badge_code(Random(1))
    for badge in (
        Badge(badge_id(code.hash), code.hash, Role.COURIER, "小李", at, at + timedelta(days=3)),
        Badge(badge_id(code.hash), code.hash, Role.OWNER, "王姐", at).revoked(at),
    ):
        assert read_badge(json.loads(json.dumps(badge_document(badge)))) == badge


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {"role": "owner"}, {"hash": "x", "role": "owner", "issued_at": "2026-11-23T00:00:00+00:00"},
     {"hash": "a" * 64, "role": "owner", "issued_at": "2026-11-23T00:00:00"},
     {"hash": "a" * 64, "role": "owner", "issued_at": 7}],
)  # fmt: skip
def test_a_damaged_document_is_no_badge(document: object) -> None:
    with pytest.raises(CodecError):
        read_badge(document)
