"""Members leave the box, and lie on its disk, by pseudonym alone; a new key breaks the old links (product row 90)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from counter_bench import COLA, NOODLES, CounterBench
from habits import Habits
from link_bench import LinkBench
from tab_bench import CARD_NUMBER, MEMBER, STRANGER, TAB, balance, confirm, enrol, on_the_tab, repay

from edge.__main__ import main
from edge.codec.command_card import card_code, receipt_code
from edge.codec.pseudonym import MAX_FORMER, Pseudonyms, is_pseudonym
from edge.services.forgetting import KEEP
from edge.store.documents import Documents
from edge.store.member_keys import member_keys, renew_member_key

OLD, NEW = bytes(32), bytes(range(32))
AGAIN, REFUND, ALL = card_code(111), card_code(110), "ZZ2066"


@pytest.fixture
def shop(tmp_path: Path) -> LinkBench:
    bench = LinkBench(tmp_path / "shop")
    enrol(bench, "50")
    return bench


def new_key(shop: CounterBench) -> None:
    shop.habits = replace(shop.habits, members=Pseudonyms((NEW, OLD)))
    shop.restart()


def on_disk(shop: CounterBench) -> bytes:
    return b"".join(path.read_bytes() for path in shop.folder.rglob("*") if path.is_file())


def test_no_file_and_no_message_has_the_number_of_a_card(shop: LinkBench) -> None:
    shop.printer_ready()
    shop.scan(MEMBER, COLA)
    shop.card(card_code(107))
    on_the_tab(shop, COLA, NOODLES)
    repay(shop, "2")
    shop.scan(TAB, MEMBER)
    shop.keys("E")
    shop.scan(COLA, MEMBER)
    shop.restart()
    shop.go_online()
    shop.pass_s(90)
    assert any(batch.evs for batch in shop.batches("tx"))
    assert CARD_NUMBER.encode() not in on_disk(shop)
    assert not any(CARD_NUMBER.encode() in sent.payload for sent in shop.published)
    assert not any(CARD_NUMBER in str(paper.slip) for paper in shop.printed)


def test_events_name_a_member_by_pseudonym_wherever_one_is_named(shop: LinkBench) -> None:
    on_the_tab(shop, COLA)
    repay(shop, "2")
    named = [row["data"]["customer"] for kind in ("tab.enrolled", "tab.charged", "tab.repaid")
             for row in shop.records(kind)]  # fmt: skip
    named += [part["ref"] for sale in shop.sales() for part in sale["pay"] if part["m"] == "tab"]
    named += [line["sku"].removeprefix("tab:") for sale in shop.sales() for line in sale["lines"]
              if line["sku"].startswith("tab:")]  # fmt: skip
    assert len(named) == 5 and len(set(named)) == 1 and is_pseudonym(named[0])


def test_two_stores_call_one_card_differently_and_one_store_two_cards() -> None:
    assert Pseudonyms((OLD,)).of(CARD_NUMBER) != Pseudonyms((NEW,)).of(CARD_NUMBER)
    assert Pseudonyms((OLD,)).of(CARD_NUMBER) != Pseudonyms((OLD,)).of("11112222")
    assert repr(NEW) not in repr(Pseudonyms((NEW,)))


def test_a_new_key_breaks_the_links_of_before_and_the_debt_stays(shop: LinkBench) -> None:
    on_the_tab(shop, COLA)
    new_key(shop)
    on_the_tab(shop, NOODLES)
    before, after = (row["data"] for row in shop.records("tab.charged"))
    assert before["customer"] != after["customer"]
    assert after["balance"] == 750
    assert after["customer"] == Pseudonyms((NEW,)).of(CARD_NUMBER)
    new_key(shop)
    repay(shop, "7.5")
    assert balance(shop, CARD_NUMBER) == 0


def test_goods_that_were_put_on_a_tab_come_back_after_a_new_key(shop: LinkBench) -> None:
    on_the_tab(shop, COLA)
    receipt = shop.sales()[-1]["receipt"]
    new_key(shop)
    shop.scan(TAB, MEMBER, card_code(190))
    shop.card(REFUND)
    shop.scan(receipt_code(receipt))
    shop.card(ALL)
    confirm(shop)
    assert balance(shop, CARD_NUMBER) == 0


def test_a_tab_that_was_named_by_a_number_is_renamed_at_the_first_start(tmp_path: Path) -> None:
    """A ledger of before there were pseudonyms."""
    shop = CounterBench(tmp_path / "shop")
    tx = shop.begin()
    tx._write("INSERT INTO tab VALUES (?, 5000, 300)", (CARD_NUMBER,))
    tx._write("DELETE FROM meta WHERE k = 'members.named'")
    tx.commit()
    shop.restart()
    assert balance(shop, CARD_NUMBER) == 300
    on_the_tab(shop, COLA)
    assert shop.records("tab.charged")[0]["data"]["balance"] == 600
    shop.sleep_s(KEEP.total_seconds() + 86_400)
    shop.pass_s(1300)
    assert CARD_NUMBER.encode() not in shop.folder.joinpath("ledger.db").read_bytes()


def test_the_key_is_made_once_kept_beside_the_ledger_and_renewed_by_a_person(shop: LinkBench) -> None:
    documents, _ = Documents.open(shop.folder / "keys", at=shop.clock.wall())
    station, chance = documents.collection("station"), Random(3)
    first = member_keys(station, chance)
    assert member_keys(station, chance) == first and len(first) == 1
    second = renew_member_key(station, chance)
    assert second[1:] == first and second[0] != first[0]
    for _ in range(MAX_FORMER + 3):
        renew_member_key(station, chance)
    assert len(member_keys(station, chance)) == MAX_FORMER + 1
    station.put("member_keys", ["what", 7])
    assert len(member_keys(station, chance)) == 1, "what is no key is none, and a new one is made"


def test_a_strangers_card_opens_no_tab_after_a_new_key_either(shop: LinkBench) -> None:
    on_the_tab(shop, COLA)
    new_key(shop)
    shop.scan(TAB, STRANGER)
    assert shop.prompts[-1] == "tab.none"
    assert Habits().members.of(CARD_NUMBER) != Pseudonyms((NEW,)).of(CARD_NUMBER)


def test_the_command_line_renews_the_key_of_a_terminal_that_does_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "shop.toml"
    config.write_text(f'[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "{tmp_path / "data"}"\n')
    for former in (0, 1):
        assert main(["members", "renew-key", "--config", str(config)]) == 0
        assert f"{former} former keys" in capsys.readouterr().out


@pytest.mark.parametrize(("bad", "left"), [(0, 3), (1, 2), (2, 2)])
def test_one_damaged_key_takes_no_other_along(shop: LinkBench, bad: int, left: int) -> None:
    """A tab is found by the former keys: without them nobody's debt is anybody's."""
    documents, _ = Documents.open(shop.folder / "keys", at=shop.clock.wall())
    station, chance = documents.collection("station"), Random(3)
    member_keys(station, chance)
    renew_member_key(station, chance)
    keys = renew_member_key(station, chance)
    texts = [key.hex() for key in keys]
    texts[bad] = "x" + texts[bad][1:]
    station.put("member_keys", texts)
    found = member_keys(station, chance)
    assert len(found) == left and set(keys) - {keys[bad]} <= set(found)
    assert (found[0] == keys[0]) is (bad > 0), "a former key is never the present one"
    assert member_keys(station, chance) == found
