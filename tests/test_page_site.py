"""What the pages show and do, for people and as JSON, over a dispatcher that a test answers for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from own_page_bench import MANY_DOORS, OwnPage, served, with_password

from edge.messages import Show, View
from edge.model.counter import Counter
from edge.model.ledger_rows import CompletedSale
from edge.model.money import Fen, Milli
from edge.model.sale import Line, LineKind, Sale, State
from edge.web.watch import Watch

ENGLISH = "en"
CID = "019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5f"


def test_a_problem_says_what_it_means_for_the_shop_and_what_to_do_in_both_languages() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        text = browser.get("/").text
        assert "小票打印机 没纸了" in text and "小票先排队" in text
        assert 'href="/fix?kind=device.paper_out&amp;what=receipt_printer"' in text
        assert "从 11-23 10:13:00 起" in text, "by the shop's clock"
        assert browser.post("/language", {"language": ENGLISH, "back": "/"}).headers["Location"] == "/"
        text = browser.get("/").text
        assert "Receipt printer is out of paper" in text and "Receipts wait" in text and '<html lang="en">' in text


def test_without_problems_the_page_says_so() -> None:
    page = with_password()
    assert page.state is not None
    page.state = type(page.state)(**{**{f: getattr(page.state, f) for f in page.state.__slots__}, "troubles": ()})
    with served(page) as browser:
        browser.log_in()
        assert "一切正常" in browser.get("/").text


@pytest.mark.parametrize(("receipt", "says"), [("261123-1-0001", False), ("261122-1-0001", True)])
def test_a_receipt_of_another_business_day_than_its_date_says_so(receipt: str, *, says: bool) -> None:
    page = with_password()
    page.sold = CompletedSale(7, receipt, date(2026, 11, 22), "1", "2026-11-22T18:14:01.000Z", Sale("sale-1"))
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/").text
        assert f"11-23 02:14 · {receipt}" in text and ("算 11-22 这个营业日" in text) == says


def test_the_api_tells_what_the_page_shows() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        told = browser.get("/api/overview").json
        assert told["sales"] == 12 and told["taken_fen"] == 34_550 and "345.50" in browser.get("/").text
        assert told["problems"][0]["kind"] == "device.paper_out"
        assert browser.get("/api/live").json["rows"][0]["type"] == "sale.completed"
        assert "data" not in browser.get("/api/live").json["rows"][0]


def test_before_the_first_message_it_says_that_it_starts() -> None:
    page = with_password()
    page.state = None
    with served(page) as browser:
        browser.log_in()
        answer = browser.get("/")
        assert answer.status == 503 and "正在启动" in answer.text and answer.headers["Retry-After"]
        assert '<meta http-equiv="refresh"' in answer.text
        assert browser.get("/api/overview").status == 503


@pytest.mark.parametrize(("path", "kind"), [
    ("print", "test.print"), ("drawer", "test.drawer"), ("display", "test.display"), ("weigh", "test.scale"),
    ("say", "test.voice"),
])  # fmt: skip
def test_each_button_is_one_command_however_often_its_form_is_sent(path: str, kind: str) -> None:
    page = with_password()
    page.answer = {"state": "done", "out": {"weight": "0.735 kg", "state": "ok"}}
    with served(page) as browser:
        browser.log_in()
        for _ in range(2):
            assert browser.post(f"/devices/{path}", {"cid": CID}).headers["Location"] == "/devices"
        assert 'class="notice done"' in browser.get("/devices").text
        assert 'class="notice' not in browser.get("/devices").text, "it is told once"
    assert [(order.cid, order.type, order.by) for order in page.orders] == [(CID, kind, "technician")] * 2


@pytest.mark.parametrize("weight", ["0.000 kg", "0 g", "0.00"])
def test_an_empty_scale_has_not_shown_that_it_weighs(weight: str) -> None:
    page = with_password()
    page.answer = {"state": "done", "out": {"weight": weight}}
    with served(page) as browser:
        browser.log_in()
        browser.post("/devices/weigh")
        text = browser.get("/devices").text
        assert f"秤读数：{weight}。请放上东西，再称一下。" in text and 'class="notice done"' not in text
        page.answer = {"state": "done", "out": {"weight": "0.005 kg"}}
        browser.post("/devices/weigh")
        assert 'class="notice done"' in browser.get("/devices").text


LINE = Line(1, LineKind.ITEM, "6901234567892", "可乐", Milli(1000), Fen(300), Fen(300))
SALE = Sale("019aadf2-0000-7000-8000-000000000001", lines=(LINE,))


def test_what_stands_open_on_the_counter_is_shown_and_put_away_by_its_mark() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        assert 'action="/devices/sale"' not in browser.get("/devices").text
        page.counter = Counter(sale=SALE)
        page.answer = {"state": "failed", "err": {"code": "cmd.busy", "msg": "somebody is served at the counter"}}
        browser.post("/devices/drawer", {})
        told = browser.get("/devices").text
        assert "柜台上还开着一单" in told and "取消柜台上这一单（1 行商品，3.00 元）" in told
        assert 'action="/devices/sale"' in browser.get("/setup?step=tests").text
        mark = browser.get("/api/devices").json["sale"]["mark"]
        browser.post("/devices/sale", {"mark": mark})
        assert "已经收了钱" in browser.get("/devices").text
        page.answer = {"state": "failed", "err": {"code": "seq.conflict", "msg": "other"}}
        browser.post("/devices/sale", {"mark": mark})
        assert "已经不是刚才那一单" in browser.get("/devices").text
        page.answer = {"state": "done"}
        answer = browser.post("/devices/sale", {"mark": mark, "back": "/setup?step=tests"})
        assert answer.headers["Location"] == "/setup?step=tests"
    assert page.orders[-1].type == "sale.cancel" and page.orders[-1].args == {"mark": mark}


def test_a_sale_that_is_being_paid_has_no_button() -> None:
    page = with_password()
    page.counter = Counter(sale=replace(SALE, state=State.PAYING))
    with served(page) as browser:
        browser.log_in()
        told = browser.get("/devices").text
        assert "正在付款" in told and 'action="/devices/sale"' not in told


ANSWERS: list[tuple[dict[str, Any] | None, str, int]] = [
    ({"state": "failed", "err": {"code": "hw.printer_paper", "msg": "paper_out"}}, "打印机没纸了。", 422),
    ({"state": "rejected", "err": {"code": "schema.invalid", "msg": "B99"}}, "没有做成。", 422),
    ({"state": "running", "out": {"wait": "confirm"}}, "请到柜台按确认键", 202),
    ({"state": "accepted"}, "正在做", 202),
    (None, "正在做", 202),
    ({"state": "done"}, "1 号门开了", 200),
]


@pytest.mark.parametrize(("answer", "sentence", "status"), ANSWERS)
def test_how_a_command_ended_is_told_in_words(answer: dict[str, Any] | None, sentence: str, status: int) -> None:
    page = with_password()
    page.answer = answer
    with served(page) as browser:
        browser.log_in()
        browser.post("/devices/door", {"door": "B01"})
        said = (answer or {}).get("err", {}).get("msg", "")
        shown = browser.get("/devices").text
        assert sentence in shown and (f'lang="en">{said}<' in shown) == bool(said)
        token = {"X_CSRF_Token": browser.csrf}
        told = browser.ask("POST", "/api/devices/door", '{"door": "B01"}', **token)
        assert told.status == status and sentence in told.json["message"] and told.json["cid"]
        assert told.json.get("detail", "") == said
    assert page.orders[0].args == {"box": "B01", "why": "technician"}


@pytest.mark.parametrize(("code", "said", "sentence"), [
    ("cmd.busy", "somebody is served at the counter", "Somebody is served at the counter, or it waits for an answer."),
    ("cmd.busy", "its door is open", "This door stands open. Shut it first."),
    ("cmd.busy", "too many jobs wait", "Something else is not done yet."),
    ("auth.denied", "a parcel is in it: name it", "A parcel lies in it:"),
    ("hw.locker_offline", "its board does not answer", "The lock board did not answer."),
])  # fmt: skip
def test_a_refusal_whose_cause_is_known_is_told_once(code: str, said: str, sentence: str) -> None:
    page = with_password()
    page.answer = {"state": "failed", "err": {"code": code, "msg": said}}
    with served(page) as browser:
        browser.log_in()
        browser.post("/language", {"language": ENGLISH, "back": "/"})
        browser.post("/devices/door", {"door": "1"})
        told = browser.get("/devices").text.partition('class="notice refused"')[2].partition("</div>")[0]
        assert sentence in told and told.count("<p") == 1 and said not in told


@pytest.mark.parametrize(("typed", "sentence"), [
    ("", "这里要填"), ("   ", "这里要填"), ("B" * 17, "太长，最多 16 位"),
])  # fmt: skip
def test_what_is_wrong_stands_at_the_field_and_what_was_typed_stays(typed: str, sentence: str) -> None:
    page = with_password()
    page.doors = MANY_DOORS
    with served(page) as browser:
        browser.log_in()
        answer = browser.post("/devices/door", {"door": typed})
        assert answer.status == 422 and sentence in answer.text and f'value="{typed}"' in answer.text
        missing = browser.post("/devices/door", {})
        assert missing.status == 422 and "这里要填" in missing.text
        extra = browser.post("/devices/door", {"door": "B01", "force": "1"})
        assert extra.status == 422
        token = {"X_CSRF_Token": browser.csrf}
        told = browser.ask("POST", "/api/devices/door", '{"door": 7}', **token)
        assert told.status == 422 and told.json["fields"]["door"]
    assert page.orders == []


def test_markup_that_is_typed_is_text() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        answer = browser.post("/devices/door", {"door": '"><script>alert(1)</script>'})
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize("cid", ["x", "x" * 20_000, "019aadf2-4c02-4c3e-9d51-6a1b2c3d4e5f", "\x00"])
def test_a_cid_that_is_none_does_nothing(cid: str) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        assert browser.post("/devices/print", {"cid": cid}).status == 422
        told = browser.ask("POST", "/api/devices/print", json.dumps({"cid": cid}), X_CSRF_Token=browser.csrf)
        assert told.status == 422
    assert page.orders == []


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(back: str) -> None:
    with served(with_password()) as browser:
        browser.log_in()
        assert browser.post("/language", {"language": ENGLISH, "back": back}).headers["Location"] == "/"
        assert browser.post("/devices/print", {"back": back}).headers["Location"] == "/devices"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"door": "B01", "door": "B02"}', b"[" * 20_000])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        answer = browser.ask("POST", "/api/devices/door", body, X_CSRF_Token=browser.csrf)
        assert answer.status == 422 and answer.json["state"] == "refused"
    assert page.orders == []


def test_the_api_is_entered_by_password_too() -> None:
    page = OwnPage(accounts=with_password().accounts)
    with served(page) as browser:
        assert browser.ask("POST", "/api/login", '{"account": "technician", "password": "no"}').status == 403
        told = browser.ask("POST", "/api/login", '{"account": "technician", "password": "laoban-2026"}')
        assert told.status == 200
        done = browser.ask("POST", "/api/devices/print", "{}", X_CSRF_Token=told.json["csrf"])
        assert done.json == {
            "state": "done",
            "message": "测试纸打好了，请看一下纸。",
            "cid": "019aadf2-4c02-7c3e-9d51-000000000001",
        }


def test_commands_of_cloud_and_page_stand_together_with_how_they_ended() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        text = browser.get("/commands").text
        assert text.index("test.drawer") < text.index("message.show")
        assert "没有做成" in text and "silent" in text and "技术员" in text and "云端" in text


def test_the_log_is_looked_through_by_a_word_and_by_what_is_bad() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        assert "scale: gone" in browser.get("/logs").text and "edge: ready" in browser.get("/logs").text
        assert "edge: ready" not in browser.get("/logs?worst=1").text
        assert browser.get("/api/logs?word=READY").json["lines"] == ["2026-11-27T05:14:58.000Z INFO edge: ready"]
        assert "没有这样的行" in browser.get("/logs?word=%3Cscript%3E").text


def test_the_cloud_page_tells_how_far_each_stream_is() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        assert browser.get("/api/cloud").json["lanes"] == [{"stream": "tx", "head": 5, "acked": 3}]
        assert "mqtts://cloud.example:8883" in browser.get("/cloud").text


def test_a_customers_number_that_is_keyed_stands_on_the_display_alone() -> None:
    page = with_password()
    Watch(page.feed).shown(Show(View.TEXT, name="482913", private=True))
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/live").text
        assert "482913" not in text and "******" in text


def test_no_two_models_of_the_api_have_one_name() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        schemas = browser.get("/api/openapi.json").json["components"]["schemas"]
    assert len(schemas) > 50 and not [name for name in schemas if name.startswith("edge__web")]
