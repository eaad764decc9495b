"""A shop moves to a spare box by its page, and the cloud holds each sale once; an erased box starts like a new one."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from conftest import Mosquitto
from own_page_bench import PASSWORD, Browser
from shop_bench import COLA, NOODLES, WATER, Shop, shop_on, until
from test_page_keeping import form, send

SECRET = "sesame-2026-abc"
PIN = re.compile(r"\b([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5})\b")


def page_of(shop: Shop) -> Browser:
    return Browser(int(re.findall(r"page \S+:(\d+)/", shop.terminal.text)[-1]))


def enters(shop: Shop, password: str) -> bool:
    browser = page_of(shop)
    try:
        return browser.log_in(password).status == 303
    finally:
        browser.connection.close()


def enter(shop: Shop) -> Browser:
    """With the PIN on paper, and a password of one's own."""

    def pins() -> list[str]:
        return [pin for slip in shop.devices.papers for pin in PIN.findall(slip.text)]

    until(pins, "the slip with the PIN is on paper")
    browser = page_of(shop)
    home = ("/", "/setup")  # a box that has sold nothing leads to its wizard
    assert browser.log_in(pins()[-1]).headers["Location"] in home
    browser.get("/password")
    chosen = browser.post("/password", {"password": PASSWORD, "password_again": PASSWORD})
    assert chosen.headers["Location"] in home
    return browser


def fetch_backup(browser: Browser) -> bytes:
    browser.get("/backup")
    browser.post("/backup", {"password": SECRET, "password_again": SECRET})
    until(lambda: browser.get("/api/backup").json["stage"] == "ready", "the backup is ready")
    browser.connection.request("GET", "/backup/file", headers={"Cookie": f"session={browser.cookies['session']}"})
    octets = browser.connection.getresponse().read()
    browser.get("/backup")
    browser.post("/backup/safe", {"sha256": hashlib.sha256(octets).hexdigest()})
    assert browser.get("/api/backup").json["is_safe"]
    return octets


def restarted(shop: Shop, times: int) -> bool:
    return len(shop.terminal.said("ready:")) == times


@pytest.mark.slow
def test_a_shop_moves_to_a_spare_box_and_the_cloud_holds_each_sale_once(broker: Mosquitto, tmp_path: Path) -> None:
    with (
        shop_on(tmp_path / "a", broker_port=broker.port) as old,
        shop_on(tmp_path / "b", broker_port=broker.port) as new,
    ):
        old.cloud.start()
        old.open()
        for goods in (WATER, COLA):
            old.sell(goods)
        browser = enter(old)
        octets = fetch_backup(browser)
        since = [old.sell(NOODLES), old.sell(WATER)]
        until(old.synced, "the cloud has all of the old box")
        before = old.books.epoch()
        browser.connection.close()
        old.terminal.stop()

        new.open()
        browser = enter(new)
        browser.get("/restore")
        answer = send(browser, form(browser, octets, SECRET))
        assert answer.headers["Location"] == "/restore", answer.text
        found = browser.get("/api/restore").json
        assert (found["stage"], found["sales"], found["tid"]) == ("ready", 2, "T7K3M9Q2")
        browser.post("/restore/go", {"id": found["id"]})
        browser.connection.close()
        until(lambda: restarted(new, 2), "the box starts anew")
        assert new.books.sold == 2 and new.books.epoch() not in ("", before)
        assert enters(new, PASSWORD), "with the old box's own password"
        until(new._has_devices, "the devices are there")
        sold = new.sell(COLA)
        until(lambda: new.books.unsent() == 0, "the cloud has all of the new box")

        sales = [row for row in old.cloud_rows() if row.type == "sale.completed"]
        assert len(sales) == len({row.id for row in sales}) == 5
        receipts = [row.data["receipt"] for row in sales]
        assert len(set(receipts)) == 5 and {*since, sold} < set(receipts)
        assert {row.epoch for row in sales} == {before, new.books.epoch()}


@pytest.mark.slow
def test_an_erased_box_prints_its_certificate_and_starts_like_a_new_one(broker: Mosquitto, tmp_path: Path) -> None:
    with shop_on(tmp_path / "a", broker_port=broker.port) as shop:
        shop.open()
        shop.sell(WATER)
        browser = enter(shop)
        browser.get("/reset")
        browser.post("/reset", {"tid": "T7K3M9Q2"})
        assert "还没有收到" in browser.get("/reset").text, "nobody else has this sale"
        assert len(fetch_backup(browser)) > 10_000
        until(lambda: browser.get("/api/reset").json["unsaved"] == 0, "the backup has it")
        browser.post("/reset", {"tid": "T7K3M9Q2"})
        browser.connection.close()
        until(lambda: restarted(shop, 2), "the box starts anew")
        (paper,) = [slip.text for slip in shop.devices.papers if "清除证明" in slip.text]
        assert "已导出备份" in paper and "T7K3M9Q2" in paper
        assert shop.books.sold == 0 and not (tmp_path / "a/data/catalogue-1.db").exists()
        assert not enters(shop, PASSWORD), "nobody is known"
        until(lambda: len([1 for slip in shop.devices.papers if PIN.search(slip.text)]) == 2, "a new PIN is printed")
