"""Three starts that failed, and the fourth shows why: a page without shop, devices and cloud (product row 110)."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from conftest import Mosquitto
from hand_clock import HandClock
from own_page_bench import PASSWORD, Browser
from shop_bench import WATER, Shop, shop_on, until
from test_edge_run_restore import SECRET, enter, fetch_backup, page_of
from test_page_keeping import form, send

from edge.clock import SystemClock
from edge.model.configuration import KeptConfig, Layer
from edge.rescue_place import RescuePlace, rescue_place
from edge.safe_mode import AGAIN_S, SafeMode
from edge.store.config_book import PAGE, ConfigBook
from edge.store.config_book import SETTINGS as OF_SETTINGS
from edge.store.documents import Documents
from edge.store.page_key import open_page_certificate, read_page_certificate
from edge.store.shop_folder import ASIDE, DOCUMENTS
from edge.store.starts import CUT, FAULT, SETTINGS, STORE, FailedStart, Starts
from edge.web.login import hash_pin


@pytest.fixture
def shop(broker: Mosquitto, tmp_path: Path) -> Iterator[Shop]:
    """It sold something, and somebody chose a password."""
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        shop.open()
        shop.sell(WATER)
        enter(shop).connection.close()
        shop.terminal.stop()
        yield shop


def of_the_future(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.books.path)) as ledger:
        (version,) = ledger.execute("PRAGMA user_version").fetchone()
        ledger.execute(f"PRAGMA user_version = {version + (1_000 if version < 1_000 else -1_000)}")


def wrong_word(shop: Shop) -> None:
    text = shop.config.read_text(encoding="utf-8")
    shop.config.write_text(
        text.replace("store =", "stoer =") if "store =" in text else text.replace("stoer =", "store =")
    )


def no_such_driver(shop: Shop) -> None:
    text, line = shop.config.read_text(encoding="utf-8"), '[devices.other]\ndriver = "no_such_driver"\n'
    shop.config.write_text(text.replace(line, "") if line in text else text + line)


@pytest.mark.chaos
@pytest.mark.parametrize(("spoil", "sentence"), [
    (of_the_future, "更新的软件"), (wrong_word, "stoer"), (no_such_driver, "no_such_driver"),
])  # fmt: skip
def test_the_fourth_start_says_what_is_wrong_and_starts_again_when_it_is_mended(
    shop: Shop, spoil: Callable[[Shop], None], sentence: str
) -> None:
    spoil(shop)
    for _ in range(3):
        assert not shop.terminal.comes_up()
    shop.terminal.start(ready="safe mode")
    browser = page_of(shop)
    assert browser.get("/").headers["Location"] == "/login" and browser.get("/devices").status == 404
    assert browser.log_in("not-this-one").status == 403
    assert browser.log_in(PASSWORD).headers["Location"] == "/"
    text = browser.get("/").text
    assert "安全模式" in text and sentence in text and "再试一次" in text
    spoil(shop)  # back
    browser.post("/again")
    browser.connection.close()
    until(lambda: shop.terminal.said_in_this_life("ready:"), "the terminal starts")
    assert shop.books.sold == 1
    shop.terminal.stop()
    assert not (shop.folder / "data/starts").exists()


@pytest.mark.chaos
def test_a_ledger_that_does_not_open_gives_way_to_a_backup_and_the_shop_sells(shop: Shop) -> None:
    shop.terminal.start()
    browser = page_of(shop)
    browser.log_in(PASSWORD)
    octets = fetch_backup(browser)
    browser.connection.close()
    shop.sell(WATER)
    shop.terminal.stop()
    of_the_future(shop)
    for _ in range(3):
        assert not shop.terminal.comes_up()
    shop.terminal.start(ready="safe mode")
    browser = page_of(shop)
    browser.log_in(PASSWORD)
    browser.get("/restore")
    assert send(browser, form(browser, octets, SECRET)).status == 303
    until(lambda: browser.get("/api/restore").json["stage"] == "ready", "the backup was looked at")
    found = browser.get("/api/restore").json
    assert found["sales"] == 1 and found["unsent"] == int(found["leaves"]) > 0
    browser.get("/restore")
    assert browser.post("/restore/go", {"id": found["id"], "leaves": found["leaves"]}).status == 303
    browser.connection.close()
    until(lambda: shop.terminal.said_in_this_life("ready:"), "the terminal starts as the shop of the backup")
    shop.sell(WATER)
    assert shop.books.sold == 2
    assert len(list((shop.folder / "data" / ASIDE).glob("ledger.*.unsent-before-restore.db"))) == 1


@pytest.mark.chaos
def test_without_an_account_nobody_gets_in(shop: Shop) -> None:
    for file in (shop.folder / "data/documents").glob("accounts.json*"):
        file.write_text("{")
    wrong_word(shop)
    for _ in range(3):
        assert not shop.terminal.comes_up()
    shop.terminal.start(ready="safe mode")
    browser = page_of(shop)
    assert browser.log_in(PASSWORD).status == 403
    browser.connection.close()


def test_while_nobody_reads_its_page_the_box_tries_again_each_minute(tmp_path: Path) -> None:
    clock, starts = HandClock(), Starts(tmp_path)
    for _ in range(3):
        starts.begin()
    safe = SafeMode(RescuePlace("T7K3M9Q2", tmp_path, "127.0.0.1", 0, ""), starts, clock)
    clock.pass_s(AGAIN_S - 2)
    assert not safe.step(clock.pass_s)
    assert safe.step(clock.pass_s) and not starts.is_enough(), "one more start is a whole one"
    starts.begin()
    assert starts.is_enough(), "and if that breaks off, too, there is the page again"


def test_only_starts_that_failed_are_counted(tmp_path: Path) -> None:
    starts = Starts(tmp_path)
    for _ in range(2):
        starts.begin()
    assert starts.failed() == [FailedStart(CUT), FailedStart(CUT)] and not starts.is_enough()
    starts.begin()
    starts.failed_by(SETTINGS, "line 4")
    assert starts.is_enough() and starts.failed()[-1] == FailedStart(SETTINGS, "line 4")
    starts.try_once()
    assert not starts.is_enough()
    starts.begin()
    assert starts.is_enough(), "one more, and it is careful again"
    starts.ready()
    assert starts.failed() == []
    starts.begin()
    starts.failed_by(STORE, "before it was ready")
    starts.begin()
    starts.ready()
    starts.failed_by(FAULT, "soon after")
    starts.begin()
    starts.ready()
    assert [one.kind for one in starts.failed()] == [FAULT], "a fault may come again, and the disk let it start"
    starts.well()
    assert starts.failed() == []


def test_settings_on_trial_are_left_out_after_a_start_that_broke_off(tmp_path: Path) -> None:
    starts = Starts(tmp_path)
    starts.begin()
    assert starts.doubt() == ""
    starts.failed_by(FAULT, "ZeroDivisionError")
    starts.begin()
    assert starts.doubt() == "ZeroDivisionError"
    starts.well()
    starts.begin()
    starts.begin()
    assert starts.doubt() == "", "one power cut"
    starts.begin()
    assert starts.doubt() == "2 starts were cut off"


@pytest.mark.chaos
def test_a_box_whose_start_under_new_settings_broke_off_starts_without_them(shop: Shop) -> None:
    documents, _ = Documents.open(shop.folder / "data/documents", at=SystemClock().wall())
    staged = Layer(1, "", {"terminal": {"till": "7"}})
    ConfigBook(documents.collection(OF_SETTINGS), PAGE).keep(KeptConfig().stage(staged, 60, ()))
    starts = Starts(shop.folder / "data")
    starts.begin()
    starts.failed_by(FAULT, "ZeroDivisionError")
    shop.terminal.start()
    until(lambda: shop.terminal.said_in_this_life("settings 1 are rejected: ZeroDivisionError"), "they are left out")
    shop.terminal.stop()
    documents, _ = Documents.open(shop.folder / "data/documents", at=SystemClock().wall())
    kept = ConfigBook(documents.collection(OF_SETTINGS), PAGE).kept()
    assert kept.staged is None and kept.outcome is not None
    assert kept.outcome.status == "rejected" and "ZeroDivisionError" in kept.outcome.msg


@pytest.mark.parametrize("octets", [b"", b"[", b"7", b"[[1]]", b"\xff", b"[" * 9_000, b'[["cut"]]'])
def test_a_count_that_cannot_be_read_keeps_no_shop_closed(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "starts").write_bytes(octets)
    starts = Starts(tmp_path)
    assert starts.failed() == []
    starts.begin()
    assert re.search("cut", (tmp_path / "starts").read_text())


def test_the_page_has_the_certificate_whose_fingerprint_is_on_paper(tmp_path: Path) -> None:
    """Though the settings, which tell for which names it is, cannot be read."""
    clock = SystemClock()
    made = open_page_certificate(tmp_path, ("t7k3m9q2.local", "till.lan"), clock.wall())
    place = RescuePlace("T7K3M9Q2", tmp_path, "192.0.2.1", 8443, "")
    safe = SafeMode(place, Starts(tmp_path), clock)
    assert safe.web.url.startswith("https://")
    assert safe.page_tls() is not None
    found = read_page_certificate(tmp_path)
    assert found is not None and found.fingerprint == made.fingerprint


@contextmanager
def rescued(place: RescuePlace) -> Iterator[Browser]:
    """Its page, with the password that somebody chose."""
    accounts = place.data_dir / DOCUMENTS
    accounts.mkdir(parents=True)
    documents, _ = Documents.open(accounts, at=SystemClock().wall())
    documents.collection("accounts").put("technician", {"hash": hash_pin(PASSWORD), "made_at": "", "own": True})
    safe = SafeMode(place, Starts(place.data_dir), SystemClock())
    safe.web.start()
    browser = Browser(safe.web.port)
    try:
        yield browser
    finally:
        browser.connection.close()
        safe.web.stop()


def test_it_is_found_by_the_name_that_the_settings_give_it(tmp_path: Path) -> None:
    with rescued(RescuePlace("T7K3M9Q2", tmp_path, "127.0.0.1", 0, "", "till.lan")) as browser:
        assert browser.get("/login", Host="till.lan").status == 200
        assert browser.get("/login", Host="other.lan").status == 421


@pytest.mark.parametrize(("text", "port", "name"), [
    ('[web]\nname = "Till.lan"\n[shop]\nname = "other.lan"\n', 8080, "till.lan"),
    ('[shop]\nname = "other.lan"\n[web]\nbind = "0.0.0.0:443"\n', 443, ""),
    ("[web]", 8080, ""),
])  # fmt: skip
def test_a_page_has_an_address_though_the_settings_name_none(tmp_path: Path, text: str, port: int, name: str) -> None:
    config = tmp_path / "shop.toml"
    config.write_text('[terminal]\ndata_dir = "data"\nstoer = 1\n' + text, encoding="utf-8")
    place = rescue_place(config)
    assert place is not None and (place.port, place.name) == (port, name)
    config.write_text('[terminal]\ndata_dir = "data"\n', encoding="utf-8")
    assert rescue_place(config) is None, "it has no page"


def test_settings_that_cannot_be_put_aside_are_told_as_that(tmp_path: Path) -> None:
    with rescued(RescuePlace("T7K3M9Q2", tmp_path, "127.0.0.1", 0, "")) as browser:
        assert browser.log_in().status == 303
        (tmp_path / DOCUMENTS / "settings.json").write_text("{}", encoding="utf-8")
        (tmp_path / DOCUMENTS / "settings.json.bak").write_text("{}", encoding="utf-8")
        (tmp_path / ASIDE).write_text("no folder", encoding="utf-8")
        browser.get("/")
        browser.post("/without")
        text = browser.get("/").text
        assert "设置还在原处" in text and (tmp_path / DOCUMENTS / "settings.json").exists()
