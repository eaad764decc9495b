"""A terminal that runs, and a stick in it: tables, backup and the file for whoever helps go onto it."""

from __future__ import annotations

import csv
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from own_page_bench import PASSWORD, Browser
from stick_bench import StickMachine
from test_own_shop import COLA, GOODS, SHOP, logged_in

from edge.cli.catalogue import import_catalogue
from edge.clock import SystemClock
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.messages import ScanData
from edge.model.backup import Stage
from edge.outside import Outside
from edge.services.technician import KeepAccount
from edge.store.stick_files import PART
from edge.terminal import Terminal
from edge.web.login import hash_pin

SECRET = "sesame-2026-abc"
EXACT_CASH = "ZZ1021"
LIMIT_S = 20.0


@pytest.fixture
def machine(tmp_path: Path) -> StickMachine:
    return StickMachine(tmp_path / "root")


@pytest.fixture
def terminal(tmp_path: Path, machine: StickMachine) -> Iterator[Terminal]:
    settings, goods = tmp_path / "shop.toml", tmp_path / "goods.csv"
    settings.write_text(SHOP, encoding="utf-8")
    goods.write_text(GOODS, encoding="utf-8")
    assert import_catalogue(str(settings), str(goods)) == 0
    terminal = build(load_settings(settings, load_driver), Outside(sticks=machine.look))
    terminal.start()
    thread = threading.Thread(target=terminal.run)
    for name in ("technician", "owner"):
        terminal.bus.post(KeepAccount(name, hash_pin(PASSWORD), "2026-11-27T00:00:00.000Z", own=True))
    thread.start()
    for code in (COLA, EXACT_CASH):
        terminal.bus.post(ScanData("scanner", code, terminal.clock.mono()))
    yield terminal
    terminal.stop()
    thread.join()
    terminal.close()


def until(found: Callable[[], Any]) -> Any:
    clock = SystemClock()
    over = clock.mono() + LIMIT_S
    while not (result := found()):
        assert clock.mono() < over
    return result


def saved(browser: Browser, view: str, path: str, **more: str) -> Any:
    """How it ended, once it has."""
    browser.get(view)
    (stick,) = browser.get(f"/api{view}").json["stick"]["sticks"]
    browser.post(path, {"stick": stick["key"], **more})
    ends = (Stage.READY, Stage.FAILED)
    return until(lambda: one if (one := browser.get(f"/api{view}").json["stick"])["stage"] in ends else None)


def back_up(browser: Browser) -> None:
    browser.get("/backup")
    browser.post("/backup", {"password": SECRET, "password_again": SECRET})
    until(lambda: browser.get("/api/backup").json["stage"] == Stage.READY)


def looked_at(browser: Browser) -> str:
    """How it ended; empty while it goes on."""
    stage = str(browser.get("/api/restore").json["stage"])
    return stage if stage in (Stage.READY, Stage.FAILED) else ""


def test_the_owner_takes_the_shops_tables_along(terminal: Terminal, machine: StickMachine) -> None:
    folder = machine.plug()
    browser = logged_in(terminal, "owner")
    until(lambda: browser.get("/api/overview").json["sales"])
    page = browser.get("/api/export").json
    told = saved(browser, "/export", "/export/stick", first=page["first"], last=page["last"])
    assert told["stage"] == Stage.READY and told["name"].startswith("T7K3M9Q2-tables-")
    files = sorted(path.name for path in (folder / told["name"]).iterdir())
    assert files == ["goods.csv", "lines.csv", "payments.csv", "sales.csv", "tabs.csv"]
    head, *rows = csv.reader((folder / told["name"] / "lines.csv").read_text("utf-8-sig").splitlines())
    assert [row[head.index("商品")] for row in rows] == ["可口可乐 500ml"]
    assert list(folder.iterdir()) == [folder / told["name"]]
    browser.connection.close()


def test_a_backup_goes_onto_a_stick_and_is_read_from_it(terminal: Terminal, machine: StickMachine) -> None:
    folder = machine.plug()
    browser = logged_in(terminal, "technician")
    back_up(browser)
    told = saved(browser, "/backup", "/backup/stick")
    (file,) = folder.iterdir()
    assert told["stage"] == Stage.READY and file.name == told["name"] and file.suffix == ".edgebackup"
    (found,) = browser.get("/api/restore").json["files"]
    browser.get("/restore")
    for password, wanted in (("another-password", Stage.FAILED), (SECRET, Stage.READY)):
        browser.post("/restore/stick", {"file": found["key"], "password": password})
        assert until(lambda: looked_at(browser)) == wanted
    assert browser.get("/api/restore").json["tid"] == "T7K3M9Q2" and file.exists()
    assert not list((terminal.settings.terminal.data_dir / "restore").glob("given-*"))
    machine.pull()
    browser.get("/restore")
    answer = browser.post("/restore/stick", {"file": found["key"], "password": SECRET})
    assert answer.status == 422 and "没有这个文件" in answer.text
    browser.connection.close()


def test_the_file_for_whoever_helps_goes_onto_a_stick(terminal: Terminal, machine: StickMachine) -> None:
    folder = machine.plug()
    browser = logged_in(terminal, "technician")
    told = saved(browser, "/logs", "/bundle/stick")
    assert told["stage"] == Stage.READY
    assert "settings.json" in zipfile.ZipFile(folder / told["name"]).namelist()
    browser.connection.close()


def test_a_stick_that_was_pulled_since_it_was_shown_gets_nothing(terminal: Terminal, machine: StickMachine) -> None:
    folder = machine.plug()
    browser = logged_in(terminal, "technician")
    back_up(browser)
    (stick,) = browser.get("/api/backup").json["stick"]["sticks"]
    machine.pull()
    answer = browser.post("/backup/stick", {"stick": stick["key"]})
    assert answer.status == 422 and "被拔掉了" in answer.text and not folder.exists()
    machine.plug(uuid="ANOTHER")
    assert browser.post("/backup/stick", {"stick": stick["key"]}).status == 422 and list(folder.iterdir()) == []
    told = saved(browser, "/backup", "/backup/stick")
    assert told["stage"] == Stage.READY and not (folder / PART).exists()
    browser.connection.close()


def test_an_empty_file_on_a_stick_is_cut_short(terminal: Terminal, machine: StickMachine) -> None:
    (machine.plug() / "a.edgebackup").touch()
    browser = logged_in(terminal, "technician")
    (found,) = browser.get("/api/restore").json["files"]
    browser.get("/restore")
    answer = browser.post("/restore/stick", {"file": found["key"], "password": SECRET})
    assert answer.status == 422 and "不完整" in answer.text
    browser.connection.close()
