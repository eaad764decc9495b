"""USB sticks on the pages, over a dispatcher that a test answers for: what is offered, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from own_page_bench import OwnPage, served, with_password
from stick_bench import StickMachine

from edge.model.account import Role
from edge.model.backup import Keeping, MadeBackup, Secret, Stage
from edge.model.stick import Saved, Stick, StickSave

PAGES = {"/backup": ("stick.backup", "technician"), "/export": ("stick.export", "owner"),
         "/logs": ("stick.bundle", "technician")}  # fmt: skip
BUTTON = {"/backup": "/backup/stick", "/export": "/export/stick", "/logs": "/bundle/stick"}
MADE = MadeBackup("/x/T7K3M9Q2-20261127-0931.edgebackup", 10, "ab" * 32, "2026-11-27T01:31:00.000Z", 7, "E 5 2")
STICK = Stick("a" * 16, "KINGSTON", "/run/edge-terminal/usb/sda1", "8:1", 3_200_000_000, 8_000_000_000, read_only=False)
OTHER = replace(STICK, key="b" * 16, label="<b>小王</b>", free=512_000)
SHUT = replace(STICK, key="c" * 16, label="SHUT", read_only=True)


@pytest.fixture
def page(tmp_path: Path) -> OwnPage:
    page = with_password(Role.TECHNICIAN, Role.OWNER)
    page.folder = tmp_path
    page.keeping = Keeping(backup=Stage.READY, made=MADE)
    return page


@pytest.mark.parametrize("path", PAGES)
def test_without_a_stick_one_line_says_that_one_may_be_plugged_in(page: OwnPage, path: str) -> None:
    with served(page) as browser:
        browser.log_in(account=PAGES[path][1])
        text = browser.get(path).text
        assert text.count("插上以后刷新") == 1 and BUTTON[path] not in text


@pytest.mark.parametrize("path", PAGES)
def test_what_is_saved_goes_to_the_stick_that_was_shown(page: OwnPage, path: str) -> None:
    kind, account = PAGES[path]
    page.sticks, page.answer = [STICK], {"state": "done", "out": {"name": "x.zip", "label": "KINGSTON"}}
    with served(page) as browser:
        browser.log_in(account=account)
        text = browser.get(path).text
        assert "KINGSTON，还能放 3.2 GB" in text and f'name="stick" value="{STICK.key}"' in text
        typed = {"first": "2026-11-01", "last": "2026-11-23"} if path == "/export" else {}
        browser.post(BUTTON[path], {"stick": STICK.key, **typed})
        assert "U 盘 KINGSTON 里的 x.zip。现在可以拔了" in browser.get(path).text
    (order,) = page.orders
    assert order.type == kind and order.args["stick"] == STICK.key and order.by == account


@pytest.mark.parametrize("path", PAGES)
def test_while_one_is_saved_no_other_is_offered_and_the_stick_is_to_be_left(page: OwnPage, path: str) -> None:
    page.sticks, page.save = [STICK], StickSave(Stage.RUNNING, "stick.other")
    with served(page) as browser:
        browser.log_in(account=PAGES[path][1])
        text = browser.get(path).text
        assert "请不要拔" in text and BUTTON[path] not in text and 'http-equiv="refresh"' in text


def test_of_several_one_is_chosen_and_one_that_is_shut_is_told(page: OwnPage) -> None:
    page.sticks = [STICK, OTHER, SHUT]
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/backup").text
        assert text.count('type="radio" name="stick"') == 2 and "&lt;b&gt;小王" in text and "512 KB" in text
        assert "U 盘 SHUT 不能写入" in text
        page.sticks = [SHUT]
        assert "/backup/stick" not in browser.get("/backup").text


def test_how_a_save_ended_is_told_where_it_was_begun_while_the_stick_is_there(page: OwnPage) -> None:
    page.sticks = [STICK]
    page.save = StickSave(Stage.READY, "stick.backup", Saved(STICK.key, "KINGSTON", "x.edgebackup"))
    with served(page) as browser:
        browser.log_in()
        assert "现在可以拔了" in browser.get("/backup").text and "现在可以拔了" not in browser.get("/logs").text
        page.sticks = [OTHER]
        assert "现在可以拔了" not in browser.get("/backup").text
        page.save = StickSave(Stage.FAILED, "stick.backup", why="stick_full")
        assert "放不下" in browser.get("/backup").text and "放不下" not in browser.get("/logs").text


REASONS = [("stick_gone", "被拔掉了"), ("stick_full", "放不下"), ("stick_read_only", "写保护"),
           ("stick_bad", "靠不住"), ("stick_names", "同名的文件太多"),
           ("room", "设备的空间不够"), ("internal", "请看日志")]  # fmt: skip


@pytest.mark.parametrize(("why", "sentence"), REASONS)
def test_why_it_was_not_saved_stands_at_the_stick(page: OwnPage, why: str, sentence: str) -> None:
    page.sticks, page.save = [STICK, OTHER], StickSave(Stage.FAILED, "stick.backup", why=why)
    page.answer = {"state": "failed", "err": {"code": "internal", "msg": "x"}}
    with served(page) as browser:
        browser.log_in()
        answer = browser.post("/backup/stick", {"stick": OTHER.key})
        assert answer.status == 422 and answer.text.count(sentence) == 1 and 'id="stick-wrong"' in answer.text
        page.sticks = []
        assert sentence in browser.post("/backup/stick", {"stick": OTHER.key}).text, "it was pulled out meanwhile"
        page.sticks = [STICK, OTHER]
        page.answer = {"state": "failed", "err": {"code": "cmd.busy", "msg": "x"}}
        assert "另一份正在存" in browser.post("/backup/stick", {"stick": OTHER.key}).text


@pytest.mark.parametrize("stick", ["", "x", "../../etc", "A" * 16, "a" * 17, "店"])
def test_what_is_no_stick_is_refused_and_nothing_is_ordered(page: OwnPage, stick: str) -> None:
    page.sticks = [STICK]
    with served(page) as browser:
        browser.log_in()
        assert browser.post("/backup/stick", {"stick": stick}).status == 422
        assert browser.post("/bundle/stick", {"stick": stick}).status == 422
        assert browser.post("/restore/stick", {"file": stick, "password": "sesame-2026"}).status == 422
    assert page.orders == []


def test_the_shops_money_is_saved_by_its_owner_alone_and_for_days_that_are_some(page: OwnPage) -> None:
    page.sticks = [STICK]
    days = {"stick": STICK.key, "first": "2026-11-01", "last": "2026-11-23"}
    with served(page) as browser:
        browser.log_in()
        assert browser.post("/export/stick", days).status == 403
        browser.cookies.clear()
        browser.log_in(account="owner")
        for wrong in ({"first": "2026-11-31"}, {"first": "2026-12-01"}, {"first": "2020-01-01"}, {"last": "x" * 33}):
            assert browser.post("/export/stick", {**days, **wrong}).status == 422
        assert page.orders == []
        assert browser.post("/bundle/stick", {"stick": STICK.key}).status == 403


def test_a_backup_that_is_gone_is_not_saved(page: OwnPage) -> None:
    page.sticks, page.keeping = [STICK], Keeping()
    with served(page) as browser:
        browser.log_in()
        browser.post("/backup/stick", {"stick": STICK.key})
        assert "请再做一个" in browser.get("/backup").text
    assert page.orders == []


def test_a_backup_is_chosen_from_a_stick_by_a_key_and_not_by_its_name(page: OwnPage, tmp_path: Path) -> None:
    machine = StickMachine(tmp_path / "root")
    folder = machine.plug()
    with served(page) as browser:
        browser.log_in()
        page.sticks = list(machine.look())
        assert "U 盘上没有备份" in browser.get("/restore").text
        (folder / "<i>a.edgebackup").write_bytes(b"x" * 2_000)
        (folder / "goods.csv").write_bytes(b"x")
        text = browser.get("/restore").text
        assert "&lt;i&gt;a.edgebackup" in text and "2 KB · KINGSTON" in text and "goods.csv" not in text
        (file,) = browser.get("/api/restore").json["files"]
        browser.post("/restore/stick", {"file": file["key"], "password": "sesame-2026"})
        assert "备份没有问题" in browser.get("/restore").text
        page.answer = {"state": "failed", "err": {"code": "internal", "msg": "x"}}
        for why, at, sentence in (("password", "password", "密码不对"), ("stick_gone", "file", "被拔掉了")):
            page.keeping = Keeping(restore=Stage.FAILED, restore_why=why)
            answer = browser.post("/restore/stick", {"file": file["key"], "password": "sesame-2026"})
            assert answer.status == 422 and sentence in answer.text and f'id="restorestick-{at}-wrong"' in answer.text
    order = page.orders[0]
    assert order.type == "restore.look" and dict(order.args) == {
        "password": Secret("sesame-2026"), "path": f"stick:{file['key']}",
    }  # fmt: skip
