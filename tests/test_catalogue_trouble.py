"""Catalogues when something goes wrong: damage, a full disk, a cut, a cloud that is silent, refuses or is faster."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA, NOODLES, goods
from link_bench import LinkBench
from test_catalogue_service import asked, hand_in, notice, price, put

from edge.clock import iso_ms
from edge.codec.topics import Down
from edge.errors import DiskFull, EdgeError
from edge.messages import Started
from edge.model.records import CatalogueApplied
from edge.ports import Transaction
from edge.services.catalogue import LOOK_EVERY_S
from edge.services.catalogue_news import FULL_TRIES, MAX_FOLLOWING, REQUEST_EXPIRES_S
from edge.store.catalogue_build import build_full


class FailingBench(LinkBench):
    """Its transactions that write or hear of `kind` fail as often as told, after all else in them has been done."""

    failures = 0
    kind: type = CatalogueApplied
    error: EdgeError = EdgeError("a fault of another service")

    def _routes(self, bus: Any) -> None:
        super()._routes(bus)
        bus.on(self.kind, self._fail)

    def _fail(self, _: object, tx: Transaction) -> None:
        if self.failures:
            self.failures -= 1
            raise self.error


class BootBench(FailingBench):
    kind = Started


def shop_at(folder: Path, kind: type[LinkBench] = LinkBench) -> Any:
    """Version 1 of the cloud is active: cola at 3 yuan."""
    shop = kind(folder, items=None)
    hand_in(shop, goods(COLA, "可乐", 300), version=1)
    shop.pass_s(LOOK_EVERY_S)
    assert price(shop) == 300
    shop.hush()
    return shop


@pytest.fixture
def shop(tmp_path: Path) -> LinkBench:
    made: LinkBench = shop_at(tmp_path / "shop")
    return made


def wear(shop: LinkBench, name: str) -> None:
    """One octet of the file is no more what it was."""
    octets = bytearray((shop.folder / name).read_bytes())
    octets[5000] ^= 0xFF
    (shop.folder / name).write_bytes(octets)


def named(shop: LinkBench) -> str:
    """The file that the ledger names."""
    return str(shop.begin().get("catalogue"))


def answer(shop: LinkBench, **out: Any) -> None:
    """The cloud's answer to the last question."""
    shop.hear(Down.RES, {"cid": cids(shop)[-1], "ok": True, "out": out})
    shop.run_jobs()


def refuse(shop: LinkBench, *, retry: bool) -> None:
    fault = {"code": "internal" if retry else "cmd.unknown", "msg": "not now", "retry": retry}
    shop.hear(Down.RES, {"cid": cids(shop)[-1], "ok": False, "err": fault})


def cids(shop: LinkBench) -> list[str]:
    return [request.cid for request in shop.sent("req")]


def held_open(shop: LinkBench) -> list[str]:
    """The catalogue files that this process has open."""
    targets = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [target.name for target in targets if target.parent == shop.folder and target.name.startswith("catalogue-")]


# --- damage --------------------------------------------------------------------------------------------------------


def test_the_catalogue_before_a_damaged_one_is_used_and_the_shop_hears_of_it(shop: LinkBench) -> None:
    notice(shop, 2, 1, put(360))
    wear(shop, "catalogue-2.db")
    shop.restart()
    assert (price(shop), named(shop)) == (300, "catalogue-1.db")
    assert "catalogue.aside" in shop.prompts
    (told,) = [row["data"] for row in shop.records("store.set_aside")]
    assert told["file"] == "catalogue-2.db"
    assert (shop.folder / "aside" / told["kept_as"]).exists()
    assert shop.records("cat.applied")[-1]["data"] == {"ver": 1, "items": 1}
    shop.go_online(cat_ver=2)
    assert asked(shop) == ["cat.full"]
    answer(shop, ver=2, inline=[put(370, name="可乐")])
    assert (price(shop), shop.verdict()) == (370, "")
    shop.hush()
    shop.restart()
    assert (price(shop), "catalogue.aside" in shop.prompts) == (370, False)


def test_a_shop_left_with_its_own_older_import_asks_for_the_clouds_catalogue_that_it_lost(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop", items=None)
    hand_in(shop, goods(COLA, "可乐", 250), version=0)
    shop.pass_s(LOOK_EVERY_S)
    notice(shop, 3, 0, put(300, name="可乐"), kind="full")
    wear(shop, "catalogue-2.db")
    shop.restart()
    shop.restart()
    assert price(shop) == 250
    shop.go_online(cat_ver=3)
    assert asked(shop) == ["cat.full"]


def test_a_shop_without_any_readable_catalogue_is_told_and_keys_its_prices(shop: LinkBench) -> None:
    wear(shop, "catalogue-1.db")
    shop.restart()
    assert "catalogue.none" in shop.prompts
    assert [row["data"]["file"] for row in shop.records("store.set_aside")] == ["catalogue-1.db"]
    shop.scan(COLA)
    shop.keys("3E")
    assert shop.lines == [("新商品7809", 300)]
    shop.go_online(cat_ver=1)
    assert asked(shop) == ["cat.full"]


def test_a_new_catalogue_that_is_damaged_before_its_hour_leaves_the_old_one_in_use(shop: LinkBench) -> None:
    notice(shop, 2, 1, put(360), eff=iso_ms(shop.clock.at + timedelta(seconds=60)))
    wear(shop, "catalogue-2.db")
    shop.pass_s(70)
    assert (price(shop), named(shop)) == (300, "catalogue-1.db")
    assert shop.prompts == ["catalogue.aside"]
    assert [row["data"]["file"] for row in shop.records("store.set_aside")] == ["catalogue-2.db"]
    assert asked(shop) == ["cat.full"]


def test_prices_of_tomorrow_do_not_stand_in_for_a_damaged_catalogue(shop: LinkBench) -> None:
    notice(shop, 2, 1, put(360), eff=iso_ms(shop.clock.at + timedelta(days=1)))
    wear(shop, "catalogue-1.db")
    shop.restart()
    assert price(shop) is None
    shop.sleep_s(86_400)
    shop.pass_s(LOOK_EVERY_S)
    assert price(shop) == 360


def test_a_first_catalogue_waits_for_its_hour_through_a_power_cut(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop", items=None)
    notice(shop, 1, 0, put(300, name="可乐"), kind="full", eff=iso_ms(shop.clock.at + timedelta(days=1)))
    shop.restart()
    assert price(shop) is None
    shop.sleep_s(86_400)
    shop.pass_s(LOOK_EVERY_S)
    assert price(shop) == 300


def test_what_is_due_serves_an_open_sale_when_nothing_else_can_be_read(shop: LinkBench) -> None:
    shop.scan(COLA)
    hand_in(shop, goods(COLA, "可乐", 350), version=0)
    wear(shop, "catalogue-1.db")
    shop.restart()
    shop.scan(COLA)
    assert shop.lines == [("可乐", 300), ("可乐", 350)]
    assert len(shop.records("cat.applied")) == 2


# --- rollbacks and cuts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [EdgeError("a fault of another service"), DiskFull("the disk is full")])
def test_a_switch_that_is_rolled_back_changes_neither_prices_nor_files(tmp_path: Path, error: EdgeError) -> None:
    shop = shop_at(tmp_path / "shop", FailingBench)
    shop.error, shop.failures = error, 99
    hand_in(shop, goods(COLA, "可乐", 350), version=0)
    hand_in(shop, goods(COLA, "可乐", 360), version=0)
    shop.pass_s(3 * LOOK_EVERY_S)
    assert (price(shop), named(shop)) == (300, "catalogue-1.db")
    assert (shop.folder / "catalogue-1.db").exists()
    shop.failures = 0
    shop.restart()
    assert (price(shop), named(shop)) == (360, "catalogue-3.db")
    assert not (shop.folder / "catalogue-1.db").exists()


def test_a_boot_that_is_rolled_back_has_its_goods_two_seconds_later(tmp_path: Path) -> None:
    shop = shop_at(tmp_path / "shop", BootBench)
    shop.failures = 1
    shop.restart()
    assert price(shop) is None
    shop.pass_s(LOOK_EVERY_S)
    assert price(shop) == 300


def test_a_file_set_aside_in_a_boot_that_is_rolled_back_is_still_told_of(tmp_path: Path) -> None:
    shop = shop_at(tmp_path / "shop", BootBench)
    wear(shop, "catalogue-1.db")
    shop.failures = 1
    shop.restart()
    assert shop.records("store.set_aside") == []
    shop.pass_s(5 * LOOK_EVERY_S)
    assert [row["data"]["file"] for row in shop.records("store.set_aside")] == ["catalogue-1.db"]
    assert shop.prompts.count("catalogue.none") == 1


def test_replaced_catalogues_and_the_base_of_each_build_are_closed(shop: LinkBench) -> None:
    for ver in range(2, 8):
        notice(shop, ver, ver - 1, put(300 + ver))
    assert (price(shop), held_open(shop)) == (307, ["catalogue-7.db"])


# --- a cloud that is faster, silent, or refuses --------------------------------------------------------------------


def follow(shop: LinkBench, *versions: int) -> None:
    """A notice for each, on top of the one before it; nothing is built meanwhile."""
    for ver in versions:
        shop.hear(Down.CAT, {"ver": ver, "base": ver - 1, "kind": "delta", "inline": [put(300 + ver)]})


def test_notices_that_come_while_another_is_built_are_built_one_after_the_other(shop: LinkBench) -> None:
    follow(shop, *range(2, 2 + MAX_FOLLOWING), 3, 2)
    assert price(shop) == 300
    shop.run_jobs()
    assert (price(shop), shop.catalogue.version, asked(shop)) == (321, 21, [])
    assert [row["data"]["ver"] for row in shop.records("cat.applied")] == list(range(1, 22))


def test_more_notices_than_are_kept_are_asked_for_as_the_whole(shop: LinkBench) -> None:
    follow(shop, *range(2, 2 + MAX_FOLLOWING + 2))
    shop.run_jobs()
    assert (shop.catalogue.version, asked(shop)) == (2 + MAX_FOLLOWING, ["cat.full"])


def test_a_gap_behind_the_one_that_is_built_is_asked_for(shop: LinkBench) -> None:
    follow(shop, 2, 4)
    shop.run_jobs()
    assert (price(shop), asked(shop)) == (302, ["cat.full"])
    answer(shop, ver=4, inline=[put(370, name="可乐")])
    shop.pass_s(10 * REQUEST_EXPIRES_S)
    assert (price(shop), asked(shop)) == (370, ["cat.full"])


def test_what_follows_on_one_that_cannot_be_built_is_not_built_either(shop: LinkBench) -> None:
    shop.hear(Down.CAT, {"ver": 2, "base": 1, "kind": "delta", "inline": [put(360, plu="x")]})
    follow(shop, 3)
    shop.run_jobs()
    assert (price(shop), asked(shop)) == (300, ["cat.full"])


def test_notices_that_come_in_the_middle_of_a_sale_are_built_after_it(shop: LinkBench) -> None:
    shop.scan(COLA)
    follow(shop, 2, 3)
    shop.run_jobs()
    follow(shop, 4)
    assert (price(shop), asked(shop)) == (300, [])
    shop.card("ZZ1021")
    shop.run_jobs()
    assert (price(shop), asked(shop)) == (304, [])


def test_a_shops_own_import_ends_what_was_kept_of_the_clouds(shop: LinkBench) -> None:
    notice(shop, 2, 1, put(302), eff=iso_ms(shop.clock.at + timedelta(days=1)))
    follow(shop, 3)
    hand_in(shop, goods(COLA, "可乐", 350), version=0)
    shop.pass_s(LOOK_EVERY_S)
    shop.run_jobs()
    assert (price(shop), shop.catalogue.version) == (350, 0)


def test_a_silent_cloud_is_asked_the_same_again_and_not_for_ever(shop: LinkBench) -> None:
    notice(shop, 5, 4, put(360))
    for tries in range(1, FULL_TRIES + 1):
        assert len(asked(shop)) == tries
        shop.pass_s(REQUEST_EXPIRES_S)
    shop.pass_s(10 * REQUEST_EXPIRES_S)
    assert len(asked(shop)) == FULL_TRIES
    assert len(set(cids(shop))) == 1
    shop.go_online(cat_ver=5)
    assert len(set(cids(shop))) == 2


def _refused(shop: LinkBench) -> None:
    refuse(shop, retry=True)


def _without_items(shop: LinkBench) -> None:
    answer(shop, ver=5, blob={})


def _without_version(shop: LinkBench) -> None:
    answer(shop, ver="5", inline=[put(1, name="x")])


def _no_newer(shop: LinkBench) -> None:
    answer(shop, ver=1, inline=[put(1, name="x")])


def _broken(shop: LinkBench) -> None:
    answer(shop, ver=5, inline=[put(1, name="x"), {"op": "drop", "sku": "a"}])


@pytest.mark.parametrize("told", [_refused, _without_items, _without_version, _no_newer, _broken])
def test_an_answer_of_no_use_is_logged_and_asked_for_anew_after_a_pause(
    shop: LinkBench, told: Callable[[LinkBench], None], caplog: pytest.LogCaptureFixture
) -> None:
    notice(shop, 5, 4, put(360))
    for tries in range(1, FULL_TRIES + 1):
        assert len(asked(shop)) == len(set(cids(shop))) == tries, "a new question: the cloud keeps its answer to a cid"
        caplog.clear()
        told(shop)
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        assert (len(asked(shop)), price(shop)) == (tries, 300)
        shop.pass_s(REQUEST_EXPIRES_S)
    shop.pass_s(10 * REQUEST_EXPIRES_S)
    assert len(asked(shop)) == FULL_TRIES


def test_a_refusal_for_good_is_not_asked_again_before_the_next_welcome(shop: LinkBench) -> None:
    notice(shop, 5, 4, put(360))
    refuse(shop, retry=False)
    shop.pass_s(10 * REQUEST_EXPIRES_S)
    assert len(asked(shop)) == 1
    shop.go_online(cat_ver=5)
    assert len(asked(shop)) == 2


def test_a_shops_own_import_ends_the_question_for_the_clouds(shop: LinkBench) -> None:
    notice(shop, 5, 4, put(360))
    hand_in(shop, goods(COLA, "可乐", 350), version=0)
    shop.pass_s(10 * REQUEST_EXPIRES_S)
    assert (price(shop), len(asked(shop))) == (350, 1)


def test_the_deltas_that_follow_a_welcome_are_taken_while_the_whole_is_awaited(shop: LinkBench) -> None:
    shop.go_online(cat_ver=3)
    notice(shop, 2, 1, put(360))
    notice(shop, 3, 2, put(370), {"op": "put", "sku": NOODLES, "name": "面", "price": 450})
    assert (price(shop), len(shop.catalogue)) == (370, 2)
    questions = len(asked(shop))
    shop.pass_s(10 * REQUEST_EXPIRES_S)
    assert len(asked(shop)) == questions


def test_an_orphan_of_a_cut_build_is_not_used_while_the_ledger_names_another(shop: LinkBench) -> None:
    build_full(shop.folder, [goods(COLA, "可乐", 999)], version=2)
    shop.restart()
    assert price(shop) == 300
