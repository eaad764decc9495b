"""Backup, restore and erasing at the page: files that come and go, and what is said of them, over a dispatcher that a
test answers for.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from own_page_bench import Answer, Browser, OwnPage, served, with_password

from edge.model.backup import FoundBackup, Keeping, MadeBackup, Stage
from edge.store.given import MAX_GIVEN_OCTETS

EDGE = "----edge"
FOUND = FoundBackup("a1b2", "T7K3M9Q2", "S-1", "小王便利店", "2026-11-27T01:00:00.000Z", "0.1.0", 1234,
                    "2026-11-27T00:59:00.000Z")  # fmt: skip


@pytest.fixture
def page(tmp_path: Path) -> OwnPage:
    page = with_password()
    page.folder = tmp_path
    return page


def form(browser: Browser, octets: bytes, password: str = "sesame-2026", order: str = "csrf password file") -> bytes:
    parts = {
        "csrf": f'name="csrf"\r\n\r\n{browser.csrf}'.encode(),
        "password": f'name="password"\r\n\r\n{password}'.encode(),
        "file": b'name="file"; filename="a.edgebackup"\r\nContent-Type: application/octet-stream\r\n\r\n' + octets,
    }  # fmt: skip
    body = b"".join(
        f"--{EDGE}\r\nContent-Disposition: form-data; ".encode() + parts[name] + b"\r\n" for name in order.split()
    )
    return body + f"--{EDGE}--\r\n".encode()


def send(browser: Browser, body: bytes, path: str = "/restore", **headers: str) -> Answer:
    kind = f"multipart/form-data; boundary={EDGE}"
    origin = {"Origin": f"http://127.0.0.1:{browser.port}", "Content_Type": kind}
    return browser.ask("POST", path, body, **(origin | headers))


def kept(page: OwnPage) -> list[Path]:
    return sorted((page.folder / "restore").glob("given-*")) if (page.folder / "restore").is_dir() else []


def test_a_file_comes_whole_and_its_password_is_in_no_text(page: OwnPage) -> None:
    octets = bytes(range(256)) * 1_000 + b"\r\n--" + EDGE.encode()[:-1] + b"\r\n"
    with served(page) as browser:
        browser.log_in()
        assert send(browser, form(browser, octets)).headers["Location"] == "/restore"
        assert "备份没有问题" in browser.get("/restore").text
    (order,) = page.orders
    assert order.type == "restore.look" and order.args["password"].text == "sesame-2026"
    assert "sesame" not in repr(order) + repr(order.args)
    assert Path(order.args["path"]).read_bytes() == octets
    assert page.dropped == [order.args["path"]]


def test_of_a_form_that_is_sent_twice_the_file_that_nobody_looks_at_goes(page: OwnPage) -> None:
    page.answer = None
    with served(page) as browser:
        browser.log_in()
        send(browser, form(browser, b"x" * 10))
        assert page.dropped == [page.orders[0].args["path"]]
        page.keeping, page.looks_at_once = Keeping(restore=Stage.RUNNING), True
        send(browser, form(browser, b"x" * 10))
        send(browser, form(browser, b"x" * 10))
    assert page.dropped == [page.orders[0].args["path"], page.orders[2].args["path"]]


REFUSED: list[tuple[str, str, str]] = [
    ("no_backup", "不是终端的备份", "file"), ("truncated", "不完整", "file"), ("broken", "文件坏了", "file"),
    ("newer", "更新的软件", "file"), ("password", "密码不对", "password"), ("room", "空间不够", "file"),
    ("other_shop", "另一台终端的备份：T0000001 别的店。这台是 T7K3M9Q2", "file"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "sentence", "at"), REFUSED)
def test_what_is_wrong_with_a_backup_stands_at_its_field(page: OwnPage, why: str, sentence: str, at: str) -> None:
    page.keeping = Keeping(restore=Stage.FAILED, restore_why=why, restore_got="T0000001 别的店")
    page.answer = {"state": "failed", "err": {"code": "internal", "msg": "x"}}
    with served(page) as browser:
        browser.log_in()
        answer = send(browser, form(browser, b"x" * 10))
        assert answer.status == 422 and sentence in answer.text
        assert f'id="restore-{at}-wrong"' in answer.text
        token = {"X_CSRF_Token": browser.csrf}
        told = send(browser, form(browser, b"x" * 10, order="password file"), "/api/restore", **token)
        assert told.status == 422 and sentence in told.json["fields"][at]


@pytest.mark.parametrize("code", ["cmd.busy", "quota.exceeded"])
def test_what_was_not_begun_is_not_told_with_the_reason_of_an_earlier_one(page: OwnPage, code: str) -> None:
    page.keeping = Keeping(restore=Stage.FAILED, restore_why="password", backup=Stage.FAILED, backup_why="room")
    page.answer = {"state": "failed", "err": {"code": code, "msg": "x"}}
    with served(page) as browser:
        browser.log_in()
        send(browser, form(browser, b"x" * 10))
        assert "密码不对" not in browser.get("/restore").text
        typed = {"password": "sesame-2026", "password_again": "sesame-2026"}
        browser.post("/backup", typed)
        notice = browser.get("/live").text.split('class="notice')[1].split("</div>")[0]
        assert "空间不够" not in notice


@pytest.mark.parametrize("order", ["password file", "file csrf password", "password file csrf"])
def test_no_octet_is_kept_of_who_does_not_prove_whose_form_it_is(page: OwnPage, order: str) -> None:
    with served(page) as browser:
        browser.log_in()
        assert send(browser, form(browser, b"x" * 100_000, order=order)).status == 403
        assert send(browser, form(browser, b"x"), Origin="http://evil.example").status == 403
        browser.cookies.clear()
        assert send(browser, form(browser, b"x" * 100_000)).headers["Location"] == "/login"
    assert kept(page) == [] and page.orders == []


@pytest.mark.parametrize(("body", "status"), [
    (b"", 422), (b"nothing of the kind", 422), (b"--" + EDGE.encode() + b"\r\n" + b"x" * 5_000, 422),
    (b"--" + EDGE.encode() + b"xx", 422),
])  # fmt: skip
def test_what_is_no_form_is_refused_and_nothing_is_kept(page: OwnPage, body: bytes, status: int) -> None:
    with served(page) as browser:
        browser.log_in()
        csrf = {"X_CSRF_Token": browser.csrf}
        assert send(browser, body, "/api/restore", **csrf).status == status
        assert browser.post("/restore", {"password": "sesame-2026"}).status in (403, 422), "no file can come like that"
    assert kept(page) == [] and page.orders == []


def test_a_file_that_breaks_off_or_is_none_leaves_nothing(page: OwnPage) -> None:
    with served(page) as browser:
        browser.log_in()
        whole = form(browser, b"x" * 1_000)
        for body in (whole[:-10], form(browser, b""), form(browser, b"", order="csrf password")):
            answer = send(browser, body)
            assert answer.status == 422 and "请选一个文件" in answer.text
        assert "这里要填" in send(browser, form(browser, b"x", password="")).text
    assert kept(page) == [] and page.orders == []


def test_a_file_longer_than_any_backup_is_refused_by_its_length_alone(page: OwnPage) -> None:
    with served(page) as browser:
        browser.log_in()
        length = {"Content_Length": str(2 * MAX_GIVEN_OCTETS)}
        assert send(browser, b"", **length).status == 413
        assert browser.ask("POST", "/backup", b"x" * 70_000).status == 413, "other forms are as short as ever"


def test_a_backup_counts_as_safe_once_a_person_says_so_and_not_by_its_download(page: OwnPage, tmp_path: Path) -> None:
    file = tmp_path / "T7K3M9Q2-20261127-0931.edgebackup"
    file.write_bytes(b"\x89EDGEBK\n" + b"\x41" * 200_000)
    made = MadeBackup(str(file), file.stat().st_size, "ab" * 32, "2026-11-27T01:31:00.000Z", 7, "EPOCH 5 2")
    page.keeping = Keeping(backup=Stage.READY, made=made)
    with served(page) as browser:
        assert browser.get("/backup/file").status == 303
        browser.log_in()
        assert file.name in browser.get("/backup").text
        assert browser.ask("HEAD", "/backup/file").status == 200
        browser.connection.request("GET", "/backup/file", headers={"Cookie": f"session={browser.cookies['session']}"})
        answer = browser.connection.getresponse()
        assert answer.read() == file.read_bytes() and file.name in (answer.getheader("Content-Disposition") or "")
        assert page.orders == [], "what has left the box is nowhere yet"
        text = browser.get("/backup").text
        assert made.sha256 in text and "文件已存好" in text
        browser.post("/backup/safe", {"sha256": made.sha256})
        assert [(one.type, dict(one.args)) for one in page.orders] == [("backup.safe", {"sha256": made.sha256})]
        assert "已记下" in browser.get("/backup").text
        assert browser.post("/backup/safe", {"sha256": "other"}).status == 422
        page.keeping = Keeping(backup=Stage.READY, made=made, is_safe=True)
        assert 'action="/backup/safe"' not in browser.get("/backup").text
        page.keeping = Keeping()
        assert browser.get("/backup/file").status == 404


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"password": "short", "password_again": "short"}, "太短，至少 10 位"),
    ({"password": "x" * 65, "password_again": "x" * 65}, "太长，最多 64 位"),
    ({"password": "sesame-2026", "password_again": "sesame-2027"}, "两次输入的不一样"),
    ({}, "这里要填"),
])  # fmt: skip
def test_a_password_of_a_backup_is_long_and_typed_twice(page: OwnPage, typed: dict[str, str], sentence: str) -> None:
    with served(page) as browser:
        browser.log_in()
        answer = browser.post("/backup", typed)
        assert answer.status == 422 and sentence in answer.text and "sesame" not in answer.text
    assert page.orders == []


def test_only_what_was_shown_is_put_in_and_not_over_what_nobody_else_has(page: OwnPage) -> None:
    page.keeping = replace(Keeping(), restore=Stage.READY, found=FOUND)
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/restore").text
        assert "小王便利店" in text and "1234" in text and 'name="id" value="a1b2"' in text
        browser.post("/restore/go", {"id": "a1b2"})
        assert "正在重启" in browser.get("/restore").text
        assert [(order.type, dict(order.args)) for order in page.orders] == [("restore.go", {"id": "a1b2"})]
        page.unsaved = 3
        browser.post("/restore/go", {"id": "a1b2"})
        assert "云端没收到的记录" in browser.get("/restore").text and len(page.orders) == 1


def test_erasing_wants_the_number_of_this_terminal_and_nothing_unsaved(page: OwnPage) -> None:
    done: dict[str, Any] = {"state": "done", "out": {"number": "00000000002A"}}
    page.answer = done
    with served(page) as browser:
        browser.log_in()
        for typed in ("", "T7K3M9Q3", "店", "x" * 24):
            answer = browser.post("/reset", {"tid": typed})
            assert answer.status == 422 and 'id="reset-tid-wrong"' in answer.text
        page.unsaved = 2
        assert "2 条" in browser.get("/reset").text and 'name="tid"' not in browser.get("/reset").text
        browser.post("/reset", {"tid": "T7K3M9Q2"})
        assert page.orders == []
        page.unsaved, page.custody = 0, 3
        assert "3 件" in browser.get("/reset").text and 'name="tid"' not in browser.get("/reset").text
        browser.post("/reset", {"tid": "T7K3M9Q2"})
        assert page.orders == []
        page.custody = 0
        browser.post("/reset", {"tid": " t7k3m9q2 "})
        assert "00000000002A" in browser.get("/reset").text
    assert [order.type for order in page.orders] == ["box.erase"]
