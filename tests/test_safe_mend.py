"""A box that did not start is mended at its page: network, a backup put in, the logs taken along (product row 110)."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from keep_bench import PASSWORD as SECRET
from keep_bench import TID, Box, backed_up
from network_bench import NEW, OLD, network
from own_page_bench import PASSWORD, Browser
from shop_bench import until
from test_page_keeping import form, send

from edge.clock import SystemClock
from edge.model.network import TRIAL_S
from edge.network import DbusNetwork
from edge.network_seen import SeenNetwork
from edge.rescue_place import RescuePlace
from edge.safe_mode import SafeMode
from edge.safe_network import NetworkTrials
from edge.store.documents import Documents
from edge.store.folder_lock import FolderLock, is_taken
from edge.store.log_bundle import LISTED_MAX, log_bundle
from edge.store.restore import is_armed
from edge.store.shop_folder import DOCUMENTS
from edge.store.starts import Starts
from edge.web.login import hash_pin
from edge.web.server import Entrance, WebServer

FAR = "192.168.1.20"
MAX_PATH, MAX_NAME = 4096, 255
"""Of the kernel, in octets."""


@dataclass
class Safe:
    mode: SafeMode
    browser: Browser
    data: Path

    def waited(self, seconds: float) -> None:
        """For the loop of a box in safe mode: time costs nothing."""


@contextmanager
def safe_mode(data: Path, manager: DbusNetwork | None = None, tid: str = TID) -> Iterator[Safe]:
    """Somebody is logged in. No `manager`: the machine has no NetworkManager, and no network either."""
    folder = data / DOCUMENTS
    folder.mkdir(parents=True, exist_ok=True)
    documents, _ = Documents.open(folder, at=SystemClock().wall())
    documents.collection("accounts").put("technician", {"hash": hash_pin(PASSWORD), "made_at": "", "own": True})
    place = RescuePlace(tid, data, "127.0.0.1", 0, "")
    starts = Starts(data)
    starts.failed_by("store", "the ledger was written by a newer version")
    nothing = SeenNetwork(data / "no-machine")
    trials = NetworkTrials(SystemClock(), manager or DbusNetwork("unix:path=/nowhere"), nothing, soon_s=0.0)
    mode = SafeMode(place, starts, SystemClock(), trials)
    mode.start()
    browser = Browser(mode.web.port)
    browser.get("/login")
    assert browser.log_in().status == 303
    browser.get("/")
    try:
        yield Safe(mode, browser, data)
    finally:
        browser.connection.close()
        mode.web.stop()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """Two sales are in its backup, a third is in its ledger alone, and that is of newer software."""
    box = Box(tmp_path / "box")
    box.start()
    box.sell(2)
    backed_up(box.folder)
    box.sell()
    box.off()
    with closing(sqlite3.connect(box.folder / "data/ledger.db")) as ledger:
        ledger.execute("PRAGMA user_version = 999")
    yield box


def backup_of(box: Box) -> bytes:
    return (box.folder / "shop.edgebackup").read_bytes()


def looked_at(safe: Safe, octets: bytes) -> str:
    """What the page says of the backup."""
    safe.browser.get("/restore")
    answer = send(safe.browser, form(safe.browser, octets, SECRET))
    assert answer.status == 303, answer.text
    until(lambda: safe.browser.get("/api/restore").json["stage"] == "ready", "the backup was looked at")
    return safe.browser.get("/restore").text


# --- a backup put in --------------------------------------------------------------------------------------------------


def test_a_ledger_that_does_not_open_gives_way_to_a_backup_and_is_kept(box: Box) -> None:
    with safe_mode(box.folder / "data") as safe:
        before = (safe.data / "ledger.db").read_bytes()
        assert "条销售或包裹记录云端还没有收到" in safe.browser.get("/restore").text, "said before anything is chosen"
        unsent = safe.browser.get("/api/restore").json["unsent"]
        text = looked_at(safe, backup_of(box))
        found = safe.browser.get("/api/restore").json
        assert found["sales"] == 2 and found["unsent"] == unsent > 2 and f"有 {unsent} 条" in text
        for tick in ({}, {"leaves": ""}, {"leaves": "1"}, {"leaves": "很多"}):
            refused = safe.browser.post("/restore/go", {"id": found["id"], **tick})
            assert refused.status == 422 and "请先看上面的数字" in refused.text
        assert not is_armed(safe.data) and (safe.data / "ledger.db").read_bytes() == before
        assert safe.browser.post("/restore/go", {"id": found["id"], "leaves": str(unsent)}).status == 303
        assert "设备正在重启" in safe.browser.get("/restore").text
        assert safe.mode.step(safe.waited) and is_armed(safe.data) and not is_taken(safe.data)
        assert (safe.data / "ledger.db").read_bytes() == before, "the next start does it"
    box.start()
    assert box.books.sold == 2
    box.sell()
    assert box.books.sold == 3
    box.off()
    (aside,) = (box.folder / "data/aside").glob("ledger.*.unsent-before-restore.db")
    with closing(sqlite3.connect(aside)) as ledger:
        assert ledger.execute("SELECT count(*) FROM sale").fetchone() == (3,), "what the cloud lacks is not lost"


def test_of_a_ledger_that_cannot_be_read_nobody_can_say_what_is_in_it(box: Box) -> None:
    (box.folder / "data/ledger.db").write_bytes(b"x" * 8_192)
    with safe_mode(box.folder / "data") as safe:
        text = looked_at(safe, backup_of(box))
        found = safe.browser.get("/api/restore").json
        assert found["unsent"] is None and "不知道里面有没有" in text
        assert safe.browser.post("/restore/go", {"id": found["id"]}).status == 422
        assert safe.browser.post("/restore/go", {"id": found["id"], "leaves": "?"}).status == 303
    box.start()
    assert box.books.sold == 2
    box.off()
    (aside,) = (box.folder / "data/aside").glob("ledger.*.unsent-before-restore.db")
    assert aside.read_bytes() == b"x" * 8_192


def test_where_nothing_would_be_lost_nobody_has_to_say_so(box: Box) -> None:
    (box.folder / "data/ledger.db").unlink()
    with safe_mode(box.folder / "data") as safe:
        text = looked_at(safe, backup_of(box))
        found = safe.browser.get("/api/restore").json
        assert found["unsent"] == 0 and 'name="leaves"' not in text
        assert safe.browser.post("/restore/go", {"id": found["id"]}).status == 303
    box.start()
    assert box.books.sold == 2
    box.off()


@pytest.mark.parametrize(("octets", "password", "sentence"), [
    (None, "another-password", "密码不对，或者文件坏了"), (b"no backup at all" * 9, SECRET, "不是终端的备份"),
    (b"", SECRET, "请选一个文件"), (None, "", "这里要填"),
])  # fmt: skip
def test_what_is_wrong_with_a_backup_stands_at_its_field(
    box: Box, octets: bytes | None, password: str, sentence: str
) -> None:
    with safe_mode(box.folder / "data") as safe:
        safe.browser.get("/restore")
        answer = send(safe.browser, form(safe.browser, backup_of(box) if octets is None else octets, password))
        assert answer.status == 422 and sentence in answer.text and answer.text.count("aria-invalid") == 1
        assert not list((safe.data / "restore").glob("given-*")), "what is refused fills no disk"


def test_another_terminals_backup_is_refused(box: Box) -> None:
    with safe_mode(box.folder / "data", tid="T0000000") as safe:
        safe.browser.get("/restore")
        answer = send(safe.browser, form(safe.browser, backup_of(box), SECRET))
        assert answer.status == 422 and "另一台终端的备份" in answer.text and TID in answer.text


def test_nobody_sends_a_file_who_is_not_logged_in_or_comes_from_another_page(box: Box) -> None:
    with safe_mode(box.folder / "data") as safe:
        safe.browser.csrf = "of-another-page"
        assert send(safe.browser, form(safe.browser, backup_of(box))).status == 403
        safe.browser.cookies.clear()
        assert send(safe.browser, form(safe.browser, backup_of(box))).headers["Location"] == "/login"
        for path in ("/restore", "/network", "/logs/file"):
            assert safe.browser.get(path).headers["Location"] == "/login"
        assert safe.browser.get("/restore", Host="elsewhere.example").status == 421
        assert not (safe.data / "restore").exists()


def test_while_the_command_line_has_the_folder_the_page_waits(box: Box) -> None:
    lock = FolderLock(box.folder / "data")
    with safe_mode(box.folder / "data") as safe:
        looked_at(safe, backup_of(box))
        found = safe.browser.get("/api/restore").json
        lock.take()
        try:
            safe.browser.post("/restore/go", {"id": found["id"], "leaves": found["leaves"]})
            assert "没有换成备份" in safe.browser.get("/restore").text and not is_armed(safe.data)
            assert not safe.mode.step(safe.waited), "it does not start anew for that"
        finally:
            lock.release()


def test_a_backup_that_is_armed_waits_for_settings_that_are_right(box: Box) -> None:
    with safe_mode(box.folder / "data") as safe:
        looked_at(safe, backup_of(box))
        found = safe.browser.get("/api/restore").json
        safe.browser.post("/restore/go", {"id": found["id"], "leaves": found["leaves"]})
    with safe_mode(box.folder / "data") as safe:
        text = safe.browser.get("/restore").text
        assert "下一次启动就换成它" in text and 'type="file"' not in text


def test_what_was_looked_at_or_half_sent_does_not_outlive_a_restart(box: Box) -> None:
    with safe_mode(box.folder / "data") as safe:
        looked_at(safe, backup_of(box))
        (safe.data / "restore/given-half").write_bytes(b"x" * 10)
    with safe_mode(box.folder / "data") as safe:
        assert not (safe.data / "restore").exists()
        assert safe.browser.get("/api/restore").json["stage"] == "none"


def test_an_old_form_puts_in_nothing_else(box: Box) -> None:
    with safe_mode(box.folder / "data") as safe:
        looked_at(safe, backup_of(box))
        leaves = safe.browser.get("/api/restore").json["leaves"]
        safe.browser.post("/restore/go", {"id": "another", "leaves": leaves})
        assert "没有换成备份" in safe.browser.get("/restore").text and not is_armed(safe.data)


# --- the network ------------------------------------------------------------------------------------------------------


def test_the_network_is_shown_and_changed_by_the_same_trial(tmp_path: Path) -> None:
    with network(tmp_path) as net, safe_mode(tmp_path / "data", net.manager) as safe:
        net.until_address("eth0", OLD)
        text = safe.browser.get("/network").text
        assert "eth0" in text and f"{OLD}/8" in text and "wlan0" in text and "云端" not in text
        manual = {"interface": "eth0", "how": "manual", "address": FAR, "prefix": "24"}
        refused = safe.browser.post("/network/wire", manual | {"address": "一九二"})
        assert refused.status == 422 and "这不是能用的地址" in refused.text
        safe.browser.post("/network/wire", manual)
        assert "几秒后开始试" in safe.browser.get("/network").text
        net.until_address("eth0", FAR)
        until(lambda: "还剩" in safe.browser.get("/network").text, "it is on trial")
        text = safe.browser.get("/network").text
        assert f'href="http://{FAR}:' in text and "/commands" not in text
        safe.browser.post("/network/keep")
        assert "请用新地址打开本页" in safe.browser.get("/network").text
        net.skipped_s += TRIAL_S
        net.until_address("eth0", OLD)
        safe.browser.post("/network/undo")
        assert "时间到了" in safe.browser.get("/network").text


def test_a_change_is_kept_from_its_new_address(tmp_path: Path) -> None:
    with network(tmp_path) as net, safe_mode(tmp_path / "data", net.manager) as safe:
        net.until_address("eth0", OLD)
        safe.browser.get("/network")
        safe.browser.post("/network/wifi", {"interface": "wlan0", "ssid": "小店", "password": "laoban-2026"})
        net.until_address("wlan0", NEW)
        there = WebServer(Entrance(NEW, 0, safe.mode.app))
        there.start()
        browser = Browser(int(there.url.rsplit(":", 1)[1].rstrip("/")), NEW)
        try:
            browser.log_in()
            until(lambda: "/network/keep" in browser.get("/network").text, "it is on trial")
            browser.post("/network/keep")
            assert "新设置已保留" in browser.get("/network").text
        finally:
            browser.connection.close()
            there.stop()
        net.skipped_s += TRIAL_S
        assert net.model.address("wlan0") == f"{NEW}/8"


def test_a_wrong_wifi_password_is_told_and_all_is_as_before(tmp_path: Path) -> None:
    with network(tmp_path) as net, safe_mode(tmp_path / "data", net.manager) as safe:
        net.until_address("eth0", OLD)
        safe.browser.get("/network")
        safe.browser.post("/network/wifi", {"interface": "wlan0", "ssid": "小店", "password": "wrong-2026"})
        until(lambda: "无线网密码不对" in safe.browser.get("/network").text, "it was refused")
        text = safe.browser.get("/network").text
        assert f"{OLD}/8" in text and "wrong-2026" not in text


def test_where_nothing_takes_orders_it_says_what_there_is(tmp_path: Path) -> None:
    with safe_mode(tmp_path / "data") as safe:
        text = safe.browser.get("/network").text
        assert "不归这个网页管" in text
        safe.browser.post("/network/undo")
        assert "不能在这里改" in safe.browser.get("/network").text


# --- the logs ---------------------------------------------------------------------------------------------------------


def test_a_folder_that_the_disk_does_not_give_is_told_and_the_logs_go_all_the_same(tmp_path: Path) -> None:
    """A name too long for the kernel stands for a sector that cannot be read: the folder is there, its list is not."""
    data = tmp_path / "x"
    while len(str(data)) < MAX_PATH - MAX_NAME:
        data /= "d" * 100
    (data / "logs").mkdir(parents=True)
    (data / "logs/terminal.log").write_text("2026-11-27T01:00:00.000Z INFO edge: up\n", encoding="utf-8")
    (data / "catalogue/old").mkdir(parents=True)
    (data / "catalogue/old/a.db").touch()
    above = os.open(data, os.O_RDONLY)
    os.mkdir("u" * MAX_NAME, dir_fd=above)
    os.close(above)
    with zipfile.ZipFile(io.BytesIO(b"".join(log_bundle(data, {})))) as packed:
        files = json.loads(packed.read("box.json"))["files"]
        assert packed.read("terminal.log").endswith(b"edge: up\n")
    assert "logs/terminal.log 39" in files and "u/: File name too long" in "\n".join(files)
    assert any(name.startswith("catalogue/old ") for name in files) and "a.db" not in str(files)


def test_of_a_folder_with_more_files_than_a_shop_has_some_are_listed(tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for number in range(LISTED_MAX + 50):
        (tmp_path / f"many/{number}").touch()
    with zipfile.ZipFile(io.BytesIO(b"".join(log_bundle(tmp_path, {})))) as packed:
        assert len(json.loads(packed.read("box.json"))["files"]) == LISTED_MAX


def test_all_logs_are_taken_along_without_secrets_though_the_disk_is_full(tmp_path: Path) -> None:
    logs = tmp_path / "data/logs"
    logs.mkdir(parents=True)
    (logs / "terminal.log.1").write_text("2026-11-26T01:00:00.000Z INFO edge: the older\n", encoding="utf-8")
    (logs / "terminal.log").write_text(
        "2026-11-27T01:00:00.000Z INFO edge: call 13800138000, mqtts://box:sesame@cloud\n" * 3_000, encoding="utf-8"
    )
    (tmp_path / "data/keys").mkdir()
    (tmp_path / "data/keys/box.key").write_text("-----BEGIN PRIVATE KEY-----")
    with safe_mode(tmp_path / "data") as safe:
        assert 'href="/logs/file"' in safe.browser.get("/").text
        status, headers, octets = safe.browser.picture("/logs/file")
        assert status == 200 and f"{TID}-logs.zip" in headers["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(octets)) as packed:
            assert packed.testzip() is None
            told = json.loads(packed.read("box.json"))
            lines = packed.read("terminal.log").decode().splitlines()
        assert told["failed"][0]["kind"] == "store" and any(name.startswith("keys/box.key ") for name in told["files"])
        assert len(lines) == 3_001 and lines[0].endswith("the older")
        text = "\n".join(lines) + json.dumps(told)
        assert "13800138000" not in text and "sesame" not in text and "BEGIN PRIVATE" not in text
    (logs / "terminal.log").unlink()
    (logs / "terminal.log").mkdir()
    with safe_mode(tmp_path / "data") as safe:
        _, _, octets = safe.browser.picture("/logs/file")
        with zipfile.ZipFile(io.BytesIO(octets)) as packed:
            assert b"the log cannot be read" in packed.read("terminal.log"), "what cannot be read is told as that"
