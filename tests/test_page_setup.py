"""The first-boot wizard at the page: seven steps with the forms of their own pages, resumable (product row 103)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from box_bench import SHOP, running
from own_page_bench import PASSWORD, PIN, STATE, TRIED, OwnPage, served, with_password, with_pin

from edge.messages import ScanData
from edge.model.account import Role
from edge.model.first_setup import Checked, FirstSetup, Found, Heard, Mark, Part, Step, Verdict
from edge.model.ledger_rows import CommandRow
from edge.services.device_tests import SAY_AGAIN
from edge.web.sources import DeviceFacts

WITH_SCANNER = '[devices.counter_scanner]\ndriver = "scanner_serial"\nport = "sim://scanner"\n'
AT = "2026-11-27T02:14:01.000Z"


def new_box(page: OwnPage | None = None) -> OwnPage:
    """It has sold nothing yet."""
    page = page or with_password(Role.TECHNICIAN, Role.OWNER)
    page.sells = False
    page.state = replace(STATE, link="down")
    return page


def done(*steps: Step) -> FirstSetup:
    setup = FirstSetup()
    for step in steps:
        setup = setup.marked(step, Mark.DONE, AT, "technician")
    return setup


def test_a_technician_lands_at_the_steps_that_are_left_and_may_go_elsewhere() -> None:
    page = new_box()
    with served(page) as browser:
        assert browser.log_in().headers["Location"] == "/setup"
        assert 'href="/setup">这台机器还没开通完' in browser.get("/").text
        assert "还没开通完" not in browser.get("/setup").text
        page.setup = done(*Step)
        assert "还没开通完" not in browser.get("/").text
        assert browser.log_in().headers["Location"] == "/"


def test_the_first_password_leads_to_the_first_step() -> None:
    with served(new_box(with_pin())) as browser:
        browser.log_in(PIN)
        assert "还没开通完" not in browser.get("/password").text, "one thing after the other"
        fields = {"password": PASSWORD, "password_again": PASSWORD}
        assert browser.post("/password", fields).headers["Location"] == "/setup"


def test_a_box_that_sells_and_an_owner_are_led_nowhere() -> None:
    page = new_box()
    with served(page) as browser:
        assert browser.log_in(account="owner").headers["Location"] == "/"
        assert "还没开通完" not in browser.get("/").text and browser.get("/setup").status == 403
        page.sells = True
        assert browser.log_in().headers["Location"] == "/"
        assert browser.get("/setup").status == 200, "it is there still"


@pytest.mark.parametrize(("uptime_s", "says"), [(3.0, "刚启动，正在去连"), (60.0, "断开")])
def test_a_line_that_is_down_right_after_a_start_is_about_to_connect(uptime_s: float, says: str) -> None:
    page = new_box()
    page.state = replace(STATE, link="down", uptime_s=uptime_s)
    with served(page) as browser:
        browser.log_in()
        pulled = browser.get("/setup?step=shop").text.partition('data-live="pulled"')[2].partition("</section>")[0]
        assert f">{says}</dd>" in pulled


@pytest.mark.parametrize(("step", "form"), [
    ("language", "/settings/put"), ("network", "/setup/step"), ("shop", "/cloud/claim"), ("time", "/setup/step"),
    ("devices", "/setup/step"), ("tests", "/devices/print"), ("check", "/setup/check"),
])  # fmt: skip
def test_each_step_has_the_form_of_its_own_page(step: str, form: str) -> None:
    with served(new_box()) as browser:
        browser.log_in()
        text = browser.get(f"/setup?step={step}").text
        assert f'action="{form}"' in text and text.count("<h1") == 1 and 'aria-current="step"' in text
        assert browser.get(f"/api/setup?step={step}").json["step"] == step


def test_it_opens_at_the_first_step_that_is_left_whoever_looks() -> None:
    page = new_box()
    page.setup = done(Step.LANGUAGE, Step.NETWORK)
    with served(page) as browser:
        browser.log_in()
        for query in ("", "?step=", "?step=tea", "?step=" + "x" * 2000, "?step=语言"):
            assert browser.get(f"/api/setup{query}" if query.isascii() else "/api/setup").json["step"] == "shop"


def test_a_step_that_is_done_or_skipped_leads_to_the_next() -> None:
    page = new_box()
    with served(page) as browser:
        browser.log_in()
        for mark in ("done", "skipped"):
            told = browser.post("/setup/step", {"step": "network", "mark": mark})
            assert told.headers["Location"] == "/setup?step=shop"
        assert browser.post("/setup/step", {"step": "check", "mark": "skipped"}).headers["Location"] == "/setup"
    assert [order.args for order in page.orders][:2] == [
        {"step": "network", "mark": "done"}, {"step": "network", "mark": "skipped"},
    ]  # fmt: skip


@pytest.mark.parametrize("fields", [
    {}, {"step": "tea", "mark": "done"}, {"step": "network", "mark": ""}, {"step": "网络", "mark": "done"},
    {"step": "n" * 500, "mark": "done"}, {"step": "time\n", "mark": "done"},
])  # fmt: skip
def test_a_step_that_is_none_is_refused(fields: dict[str, str]) -> None:
    page = new_box()
    with served(page) as browser:
        browser.log_in()
        assert browser.post("/setup/step", fields).status in (303, 422)
    assert [order for order in page.orders if order.args.get("step") not in ("time",)] == []


def test_a_form_of_another_page_comes_back_to_the_step_whether_it_was_taken_or_not() -> None:
    page = new_box()
    with served(page) as browser:
        browser.log_in()
        wrong = {"url": "http://x", "code": "1", "fingerprint": "2", "back": "/setup?step=shop"}
        answer = browser.post("/cloud/claim", wrong)
        assert answer.status == 422 and "第 3 步" in answer.text and "以 https:// 开头" in answer.text
        assert 'value="http://x"' in answer.text, "what was typed stays"
        told = browser.post("/settings/put", {
            "key": "terminal.language", "value": "en", "seen": "0", "back": "/setup?step=language",
        })  # fmt: skip
        assert told.headers["Location"] == "/setup?step=language"
        told = browser.post("/devices/print", {"back": "/setup?step=tests"})
        assert told.headers["Location"] == "/setup?step=tests" and "测试纸打好了" in browser.get("/setup").text
        away = browser.post("/devices/print", {"back": "https://evil.example/setup?step=tests"})
        assert away.headers["Location"] == "/devices"


def test_what_a_person_saw_is_ordered_and_shown() -> None:
    page = new_box()
    with served(page) as browser:
        browser.log_in()
        browser.post("/setup/answer", {"device": "receipt_printer", "part": "drawer", "works": "false"})
        assert page.orders[-1].args == {"device": "receipt_printer", "part": "drawer", "works": False}
        page.setup = replace(FirstSetup(), answers={"receipt_printer.drawer": False})
        assert "看过了，不行" in browser.get("/setup?step=tests").text


def section(text: str, place: str) -> str:
    """The part of a page with this id."""
    return text.partition(f' id="{place}">')[2].partition("</section>")[0]


@pytest.mark.parametrize(("action", "place", "fields"), [
    ("/devices/print", "receipt_printer-printer", {}), ("/devices/drawer", "receipt_printer-drawer", {}),
    ("/setup/answer", "receipt_printer-drawer", {"device": "receipt_printer", "part": "drawer", "works": "true"}),
    ("/devices/door", "doors", {"door": "B01"}),
])  # fmt: skip
@pytest.mark.parametrize(("answer", "end"), [
    ({"state": "done"}, "done"), ({"state": "failed", "err": {"code": "cmd.busy", "msg": "served"}}, "refused"),
    (None, "running"),
])  # fmt: skip
def test_whoever_tries_something_comes_back_to_where_it_stood_and_reads_there_what_became_of_it(
    action: str, place: str, fields: dict[str, str], answer: dict[str, object] | None, end: str
) -> None:
    page = new_box()
    with served(page) as browser:
        browser.log_in()
        back = f"/setup?step=tests#{place}"
        assert f'name="back" value="{back}"' in section(browser.get("/setup?step=tests").text, place)
        page.answer = answer
        assert browser.post(action, {**fields, "back": back}).headers["Location"] == back
        text = browser.get("/setup?step=tests").text
        told = f'class="notice {end}"'
        assert told in section(text, place) and text.count(told) == 1


def test_a_door_that_there_cannot_be_is_told_at_its_field_and_the_page_opens_there() -> None:
    with served(new_box()) as browser:
        browser.log_in()
        doors = section(browser.get("/setup?step=tests").text, "doors")
        assert 'action="/devices/door#doors"' in doors
        told = browser.post("/devices/door", {"door": "", "back": "/setup?step=tests#doors"})
        assert told.status == 422 and 'aria-invalid="true"' in section(told.text, "doors")


def test_a_door_is_opened_in_the_card_of_its_lock_board_above_what_was_seen_of_it() -> None:
    with served(new_box()) as browser:
        browser.log_in()
        card = section(browser.get("/setup?step=tests").text, "locker_wall-locker")
        assert card.index('action="/devices/door#doors"') < card.index("门开了吗？") < card.index("/setup/answer")


def test_a_door_that_there_is_none_of_is_not_led_to() -> None:
    page = new_box()
    page.doors = ()
    with served(page) as browser:
        browser.log_in()
        assert "#doors" not in browser.get("/setup?step=tests").text


def test_what_became_of_a_form_that_stands_nowhere_on_the_page_is_told_at_its_top() -> None:
    with served(new_box()) as browser:
        browser.log_in()
        browser.post("/devices/print", {"back": "/setup?step=tests#nowhere"})
        text = browser.get("/setup?step=tests").text
        assert text.index("测试纸打好了") < text.index('<ol class="way">')


def test_what_a_scanner_and_a_keypad_sent_stands_where_they_are_tried() -> None:
    page = new_box()
    with served(page) as browser:
        browser.log_in()
        scanner = section(browser.get("/setup?step=tests").text, "counter_scanner-scanner")
        assert 'data-live="heard-counter_scanner"' in scanner and "还没有收到" in scanner and "/live" not in scanner
        page.heard["counter_scanner"] = Heard("counter_scanner", "6901234567892", AT)
        page.heard["keypad"] = Heard("keypad", "1 2 Enter", AT)
        text = browser.get("/setup?step=tests").text
        scanner = section(text, "counter_scanner-scanner")
        assert "<code>6901234567892</code>" in scanner and "10:14:01" in scanner
        assert "<code>1 2 Enter</code>" in section(text, "keypad-keypad")
        page.heard["counter_scanner"] = Heard("counter_scanner", "A*B", AT)
        scanner = section(browser.get("/setup?step=tests").text, "counter_scanner-scanner")
        assert "<code>A*B</code>" in scanner and "盖住" not in scanner, "an asterisk of a code covers nothing"
        page.heard["counter_scanner"] = Heard("counter_scanner", "(9)", AT, "garbled")
        assert "读到乱码" in section(browser.get("/setup?step=tests").text, "counter_scanner-scanner")
        shown = browser.get("/api/setup?step=tests").json["tests"]
        assert shown[2]["heard"] == {"text": "(9)", "at": AT, "trouble": "garbled"} and shown[0]["heard"] is None


def test_the_last_keys_of_a_keypad_stand_on_the_live_page() -> None:
    page = new_box()
    with served(page) as browser:
        browser.log_in()
        assert 'data-live="heard-keypad"' not in browser.get("/live").text, "there is no keypad"
        page.devices = (DeviceFacts("keypad", "keypad", "/dev/input/event3"),)
    with served(page) as browser:
        browser.log_in()
        keys = browser.get("/live").text.partition('data-live="heard-keypad"')[2].partition("</section>")[0]
        assert "还没有收到" in keys
        page.heard["keypad"] = Heard("keypad", "1 2 Enter", AT)
        assert "<code>1 2 Enter</code>" in browser.get("/live").text
        told = browser.get("/api/live").json["keypads"]
        assert told == [{"device": "keypad", "heard": {"text": "1 2 Enter", "at": AT, "trouble": ""}}]


def test_a_check_says_what_works_what_does_not_and_what_is_not_there() -> None:
    page = new_box()
    found = (
        Found("receipt_printer", Part.PRINTER, Verdict.WORKS, seen=True),
        Found("receipt_printer", Part.DRAWER, Verdict.FAILED, "hw.printer_offline"),
        Found("locker_wall", Part.LOCKER, Verdict.FAILED, "door_open.7"),
        Found("", Part.SCALE, Verdict.ABSENT),
    )  # fmt: skip
    page.setup = done(*list(Step)[:-1]).ended(Checked(AT, "technician", "0.1.0", found))
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/setup").text
        assert "✓ 好" in text and "✗ 不好" in text and "– 没有装" in text and "就这样交付" in text
        assert "7 号门开着，请关上" in text and "打印机没准备好" in text
        page.answer = {"state": "running"}
        browser.post("/setup/check")
        assert "正在检查" in browser.get("/setup").text


def test_a_check_names_what_was_not_tried_and_leads_to_where_it_is_tried() -> None:
    page = new_box()
    found = (
        Found("receipt_printer", Part.PRINTER, Verdict.WORKS, seen=True),
        Found("counter_scanner", Part.SCANNER, Verdict.UNTRIED), Found("second", Part.OTHER, Verdict.UNTRIED),
    )  # fmt: skip
    page.setup = done(*list(Step)[:-1]).ended(Checked(AT, "technician", "0.1.0", found))
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/setup").text
        assert "还有没试过的" in text and "? 没试过" in text and "都好，可以营业" not in text
        assert '<a href="/setup?step=tests#counter_scanner-scanner">现在扫测试纸上的方码，或一件商品</a>' in text
        assert '<a href="/setup?step=tests#second-other">现在试一试' in text and "就这样交付" in text
        shown = browser.get("/api/setup").json["check"]
        assert shown["well"] is False and [one["verdict"] for one in shown["found"]] == ["works", "untried", "untried"]


def test_whoever_skips_a_step_is_told_what_is_missed_then_and_later() -> None:
    page = new_box()
    missed = "收不了手机付款"
    with served(page) as browser:
        browser.log_in()
        browser.post("/setup/step", {"step": "network", "mark": "skipped"})
        assert missed in browser.get("/setup?step=shop").text
        page.setup = done(*Step).marked(Step.NETWORK, Mark.SKIPPED, AT, "technician")
        assert missed in browser.get("/setup").text and missed in browser.get("/setup?step=network").text
        assert missed not in browser.get("/setup?step=shop").text


def test_a_finished_setup_says_what_was_done_and_when() -> None:
    page = new_box()
    page.setup = done(*Step).marked(Step.NETWORK, Mark.SKIPPED, AT, "technician")
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/setup").text
        assert "这台机器开通好了" in text and "跳过了" in text and "2026-11-27 10:14" in text
        found = (Found("receipt_printer", Part.PRINTER, Verdict.FAILED, "hw.printer_offline"),)
        page.setup = page.setup.ended(Checked(AT, "technician", "0.1.0", found))
        text = browser.get("/setup").text
        assert "打印机没准备好" in text and "就这样交付" not in text


@pytest.mark.slow
def test_a_new_box_is_set_up_at_its_page_and_hands_out_its_slip(tmp_path: Path) -> None:
    with running(tmp_path) as box:
        browser = box.browser
        assert browser.log_in().headers["Location"] == "/setup"
        for step in list(Step)[:-1]:
            assert browser.get("/api/setup").json["step"] == step
            browser.get("/setup")
            assert browser.post("/setup/step", {"step": step, "mark": "done"}).status == 303
        before = box.printed()
        browser.post("/setup/check")
        box.until(lambda: browser.get("/api/setup?step=check").json["check"]["at"] != "", "the check")
        box.until(lambda: box.printed() == before + 2, "test paper and slip")
        assert "交付检查" in box.papers()[-1]
        shown = browser.get("/api/setup").json
        assert shown["over"] and shown["check"]["well"], shown["check"]
        assert browser.log_in().headers["Location"] == "/"


@pytest.mark.slow
def test_a_scanner_on_a_port_that_nothing_comes_from_is_not_tried_until_it_scans(tmp_path: Path) -> None:
    with running(tmp_path, SHOP + WITH_SCANNER) as box:
        browser = box.browser
        box.until(lambda: box.state_of("counter_scanner") == "ready", "a port that is open")

        def checked() -> str:
            before = browser.get("/api/setup?step=check").json["check"]["at"]
            browser.post("/setup/check")
            box.until(lambda: browser.get("/api/setup?step=check").json["check"]["at"] != before, "the check")
            found = browser.get("/api/setup?step=check").json["check"]["found"]
            return str(next(one["verdict"] for one in found if one["part"] == "scanner"))

        assert checked() == "untried"
        states = browser.get("/api/overview").json["devices"]
        assert {"name": "counter_scanner", "state": "silent"} in states
        box.terminal.bus.post(ScanData("counter_scanner", SAY_AGAIN, box.terminal.clock.mono()))
        assert checked() == "works"
        states = browser.get("/api/overview").json["devices"]
        assert {"name": "counter_scanner", "state": "ready"} in states


@pytest.mark.slow
def test_after_a_restart_the_first_step_that_is_left_is_open_again(tmp_path: Path) -> None:
    with running(tmp_path) as box:
        box.browser.get("/setup")
        for step, mark in (("language", "done"), ("network", "skipped")):
            assert box.browser.post("/setup/step", {"step": step, "mark": mark}).status == 303
    with running(tmp_path) as box:
        box.browser.log_in()  # the bench has given the account anew, which ends the sessions before
        shown = box.browser.get("/api/setup").json
        assert shown["step"] == "shop" and [one["mark"] for one in shown["steps"][:3]] == ["done", "skipped", ""]
        box.sell()
        box.until(lambda: box.browser.get("/api/overview").json["sales"] == 1, "the first sale")
        assert box.browser.log_in().headers["Location"] == "/", "a box that sells leads nobody away from its problems"


def test_a_check_that_another_phone_has_begun_is_the_same_one() -> None:
    page = new_box()
    page.answer = {"state": "rejected", "err": {"code": "cmd.busy", "msg": "a check is going on"}}
    with served(page) as browser:
        browser.log_in()
        assert browser.post("/setup/check").status == 303
        assert "正在检查" in browser.get("/setup").text


def test_a_check_that_goes_on_is_shown_by_whoever_else_looks() -> None:
    page = new_box()
    page.setup = done(*list(Step)[:-1])
    running_one = CommandRow("cid-7", "setup.check", "running", "", "", "technician", AT)
    page.commands = [running_one]
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/setup").text
        assert "正在检查" in text and 'action="/setup/check"' not in text and 'http-equiv="refresh"' in text


def test_a_check_of_other_devices_than_there_are_by_now_is_not_well() -> None:
    page = new_box()
    found = tuple(Found(one.device, one.part, Verdict.WORKS, seen=True) for one in TRIED)
    with served(page) as browser:
        browser.log_in()
        for checked, well in ((found, True), (found[:-1], False)):
            page.setup = done(*list(Step)[:-1]).ended(Checked(AT, "technician", "0.1.0", checked))
            text = browser.get("/setup?step=check").text
            assert ("可以营业" in text) is well and ("检查以后设备改过了" in text) is not well
