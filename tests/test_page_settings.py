"""Settings that are changed at the page: what is wrong stands at the field, and what was ordered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from own_page_bench import port_facts, served, with_password

from edge.config import TABLES
from edge.model.configuration import KeptConfig, Layer, Outcome, Status
from edge.model.page_layer import LOCAL, SHARED
from edge.web.watch import Watch
from edge.web.words import read_page_words


def test_each_setting_that_may_be_changed_here_is_one_and_has_a_name_in_both_languages() -> None:
    words = read_page_words()
    for tables in (LOCAL, SHARED):
        for table, keys in tables.items():
            for key in keys:
                assert key in TABLES[table].model_fields
                assert f"set.{table}.{key}" in words


@pytest.mark.parametrize(("key", "typed", "sentence"), [
    ("terminal.till", "0", "格式不对"), ("terminal.till", "一", "格式不对"),
    ("terminal.till", "7" * 2000, "太长"),
    ("terminal.double_read_ms", "1001", "最大是 1000"), ("terminal.double_read_ms", "-1", "最小是 0"),
    ("terminal.double_read_ms", "4.5", "要填整数"), ("terminal.double_read_ms", "很快", "要填整数"),
    ("terminal.language", "fr", "请选其中一个。"), ("terminal.require_shift", "maybe", "请选其中一个"),
    ("receipt.footer", "\n".join("x" * 9), "太多，最多 8 行"), ("receipt.footer", "x" * 65, "太长，最多 64 位"),
    *(("terminal.time_zone", zone, "没有这个时区，要像 Asia/Shanghai") for zone in ("Shanghai", "北京", "../x")),
    ("terminal.day_starts", "4 点", "没有这个时间"), ("terminal.day_starts", "04:00:30", "没有这个时间"),
])  # fmt: skip
def test_what_is_wrong_stands_at_the_field_and_nothing_is_ordered(key: str, typed: str, sentence: str) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        browser.get("/settings?change=terminal.till")
        fields = {"key": key, "value": typed, "seen": "0", "back": f"/settings?change={key}"}
        answer = browser.post("/settings/put", fields)
        assert answer.status == 422 and sentence in answer.text
    assert page.orders == []


@pytest.mark.parametrize("key", ["terminal.tid", "web.bind", "no.such", "till", "devices.scanner", ""])
def test_what_is_not_to_be_set_here_is_told(key: str) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        browser.post("/settings/put", {"key": key, "value": "1", "seen": "0"})
        assert "没有这一项" in browser.get("/settings").text
        browser.post("/settings/back", {"key": key, "seen": "0"})
        assert "没有这一项" in browser.get("/settings").text
    assert page.orders == []


@pytest.mark.parametrize(("key", "typed", "value"), [
    ("terminal.till", " 2 ", "2"), ("terminal.double_read_ms", "250", 250), ("terminal.require_shift", "true", True),
    ("terminal.language", "en", "en"), ("receipt.footer", "谢谢\r\n\r\n 再来 ", ["谢谢", "再来"]),
    ("terminal.double_read_ms", "４００", 400),
    ("terminal.time_zone", "Asia/Urumqi", "Asia/Urumqi"), ("terminal.day_starts", "05:30", "05:30"),
])  # fmt: skip
def test_what_was_typed_is_ordered_as_a_value(key: str, typed: str, value: object) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        browser.get("/settings")
        told = browser.post("/settings/put", {"key": key, "value": typed, "seen": "0"})
        assert told.headers["Location"] == "/settings" and "已保存" in browser.get("/settings").text
    table, _, name = key.partition(".")
    assert page.orders[0].args == {"changes": [{"table": table, "key": name, "value": value}], "seen": 0}


def test_an_empty_field_that_may_be_empty_goes_back_to_what_lies_below() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        browser.post("/settings/put", {"key": "terminal.double_read_ms", "value": "", "seen": "0"})
        browser.post("/settings/back", {"key": "terminal.till", "seen": "0"})
    assert [order.args["changes"] for order in page.orders] == [
        [{"table": "terminal", "key": "double_read_ms", "back": True}],
        [{"table": "terminal", "key": "till", "back": True}],
    ]


@pytest.mark.parametrize(("code", "sentence"), [
    ("seq.conflict", "别人刚改过设置"), ("cfg.invalid", "不能一起用，什么都没改"),
])  # fmt: skip
def test_what_the_dispatcher_refuses_stands_at_the_field_and_what_was_typed_stays(code: str, sentence: str) -> None:
    page = with_password()
    page.answer = {"state": "rejected", "err": {"code": code, "msg": "why"}}
    with served(page) as browser:
        browser.log_in()
        fields = {"key": "terminal.till", "value": "7", "seen": "0", "back": "/settings?change=terminal.till"}
        answer = browser.post("/settings/put", fields)
        assert answer.status == 422 and sentence in answer.text and 'value="7"' in answer.text
        assert code != "cfg.invalid" or "why" in answer.text


def test_who_saves_while_a_change_is_tried_reads_over_the_form_that_theirs_is_not_saved_yet_and_types_it_once() -> None:
    page = with_password()
    page.answer = {"state": "rejected", "err": {"code": "cmd.busy", "msg": "a change is on trial"}}
    with served(page) as browser:
        browser.log_in()
        fields = {"key": "terminal.till", "value": "7", "seen": "0", "back": "/settings?change=terminal.till"}
        answer = browser.post("/settings/put", fields)
        assert answer.status == 422 and 'value="7"' in answer.text and "aria-invalid" not in answer.text
        assert answer.text.count("还没有保存") == 1 and "标红" not in answer.text
        over = answer.text.partition('action="/settings/put"')[0]
        assert over.index('class="notice refused"') < over.index("还没有保存")
        assert "还没有保存" not in browser.get("/settings").text, "it is told once"
        told = browser.ask("POST", "/api/settings/put", json.dumps({"key": "terminal.till", "value": "7", "seen": 0}),
                           X_CSRF_Token=browser.csrf).json  # fmt: skip
        assert told["state"] == "refused" and "还没有保存" in told["message"] and "fields" not in told


def test_a_change_that_waits_is_told_once_what_was_done_and_what_comes_next() -> None:
    page = with_password()
    page.ports = port_facts(kept=lambda: STAGED)
    with served(page) as browser:
        browser.log_in()
        browser.post("/settings/put", {"key": "terminal.till", "value": "8", "seen": "0"})
        text = browser.get("/settings").text
        assert "<p>已保存。</p>" in text and text.count("终端会自己重启") == 1
        assert text.index("已保存。") < text.index('data-change="open"') < text.index("有修改在等")
        page.ports = port_facts(kept=lambda: _ended("applied", "2026-11-23T02:10:01.000Z"))
    with served(page) as browser:
        browser.log_in()
        browser.post("/settings/put", {"key": "terminal.till", "value": "8", "seen": "0"})
        assert "data-change" not in browser.get("/settings").text, "how an older one ended is no news beside it"
        assert 'data-change="over"' in browser.get("/settings").text


@pytest.mark.parametrize("path", ["/settings", "/devices", "/template", "/setup?step=language", "/setup?step=devices"])
def test_a_page_that_tells_of_a_change_renews_itself(path: str) -> None:
    page = with_password()
    page.ports = port_facts(kept=lambda: STAGED)
    with served(page) as browser:
        browser.log_in()
        text = browser.get(path).text
        assert '<div data-live="change">' in text and 'data-change="open"' in text and "/static/live.js" in text


STAGED = KeptConfig(staged=Layer(3, "", {"terminal": {"till": "8"}}))
STATES: list[tuple[KeptConfig, dict[str, Any], str]] = [
    (STAGED, {}, "有修改在等"),
    (STAGED, {"running": 3}, "正在试运行"),
    (KeptConfig(outcome=Outcome(3, "", "rolled_back", "x", "scale: not there")), {}, "恢复原来的设置"),
    (KeptConfig(), {"refused": "no such driver"}, "没有采用"),
]


@pytest.mark.parametrize(("kept", "more", "sentence"), STATES)
def test_the_page_says_how_it_stands_with_the_newest_change(
    kept: KeptConfig, more: dict[str, Any], sentence: str
) -> None:
    page = with_password()
    page.ports = port_facts(kept=lambda: kept, **more)
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/settings?change=terminal.till").text
        assert page.ports.refused in text and (kept.outcome is None or kept.outcome.msg in text)
        assert sentence in text and "文件 shop.toml:2" in text
        if kept.staged is not None:
            assert 'value="8"' in text and "用回原来的设置" in text


def _ended(status: Status, at: str) -> KeptConfig:
    """What became of another language, another footer and another printer."""
    body = {"terminal": {"language": "zh-CN"}, "receipt": {"footer": ["谢谢"]}, "devices": {"receipt_printer": {}}}
    staged = KeptConfig(Layer(2, "", {})).stage(Layer(3, "", body), 60, ())
    assert staged.staged is not None
    if status == "applied":
        return staged.confirmed(at)
    return staged.ended(staged.staged, status, "cfg.unconfirmed", "receipt_printer: not there within 60 s", at)


@pytest.mark.parametrize("path", ["/", "/settings"])
def test_what_became_of_a_change_is_told_after_the_start_with_what_it_is_now(path: str) -> None:
    page = with_password()
    page.ports = port_facts(kept=lambda: _ended("applied", "2026-11-23T02:10:01.000Z"))
    with served(page) as browser:
        browser.log_in()
        text = browser.get(path).text
        assert "改好了，已经在用" in text and "语言：现在是 中文" in text and "小票下面的字：现在是 谢谢" in text
        assert '小票打印机 · <a href="/devices#receipt_printer">去试一下' in text
        browser.cookies["language"] = "en"
        assert "Language is now Chinese" in browser.get(path).text


def test_what_was_taken_back_is_told_with_its_reason_in_plain_words() -> None:
    page = with_password()
    page.ports = port_facts(kept=lambda: _ended("rolled_back", "2026-11-23T02:10:01.000Z"))
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/").text
        assert "没有改成" in text and "原来好好的设备没有反应了" in text and "<li>语言</li>" in text
        assert browser.get("/api/overview").json["change"]["state"] == "taken_back"


@pytest.mark.parametrize("at", ["2026-11-23T02:04:01.000Z", "2026-11-23T02:14:02.000Z", ""])
@pytest.mark.parametrize("status", ["applied", "rolled_back"])
def test_the_first_page_tells_it_for_ten_minutes(status: Status, at: str) -> None:
    page = with_password()
    page.ports = port_facts(kept=lambda: _ended(status, at))
    with served(page) as browser:
        browser.log_in()
        assert browser.get("/api/overview").json["change"]["state"] == ""
        told = browser.get("/api/settings").json["state"]
        assert told == ("" if status == "applied" else "taken_back")


def test_an_open_page_hears_what_became_of_a_change() -> None:
    page = with_password()
    page.ports = port_facts(kept=lambda: _ended("rolled_back", "2026-11-23T02:10:01.000Z"))
    watch = Watch(page.feed)
    assert page.state is not None
    watch.look(page.state)
    with served(page) as browser:
        browser.log_in()
        watch.look(page.state, page.ports.kept())
        browser.connection.request(
            "GET", "/events?since=0", headers={"Cookie": f"session={browser.cookies['session']}"}
        )
        stream = browser.connection.getresponse()
        said = "".join(iter(lambda: stream.readline().decode(), "event: problems\n"))
        assert all("没有改成" in part for part in said.split("event: change\n"))
        stream.close()


def test_the_form_says_what_saving_does_and_a_name_for_people_stands_before_the_key() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        text = browser.get("/settings?change=terminal.till").text
        assert "没有顾客时终端会自己重启" in text
        assert "<dt>收银台号</dt>" in text and "<code>terminal.till</code></span>" in text
