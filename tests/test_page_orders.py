"""Buttons that wait for the dispatcher: each hears of its own command, and no more wait than there are threads for."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from own_page_bench import PASSWORD, Answer, Browser, OwnPage, served, with_password

from edge.messages import PageAnswer, PageOrder
from edge.model.account import Role
from edge.web.orders import MAX_WAITING, Orders
from edge.web.server import Entrance, WebServer


def _print(cid: str) -> PageOrder:
    return PageOrder(cid, "test.print", {}, "technician")


def test_a_button_that_cannot_wait_with_the_others_is_refused_and_not_begun() -> None:
    posted: list[object] = []
    all_wait = threading.Event()

    def post(order: object) -> None:
        posted.append(order)
        if len(posted) == MAX_WAITING:
            all_wait.set()

    orders = Orders(post, patience_s=30.0)
    waiting = [threading.Thread(target=orders.order, args=(_print(f"cid-{n}"),)) for n in range(MAX_WAITING)]
    for one in waiting:
        one.start()
    assert all_wait.wait(10.0)
    refused = orders.order(_print("cid-late"))
    assert refused is not None and refused["state"] == "rejected" and refused["err"]["code"] == "cmd.busy"
    assert len(posted) == MAX_WAITING
    for n, one in enumerate(waiting):
        orders.answered(PageAnswer(f"cid-{n}", {"state": "done"}))
        one.join()


def test_two_phones_that_sent_the_same_form_hear_the_same_answer() -> None:
    orders, heard = Orders(lambda _: None, patience_s=30.0), []

    def press() -> None:
        heard.append(orders.order(_print("cid-1")))

    phones = [threading.Thread(target=press) for _ in range(2)]
    for phone in phones:
        phone.start()
    while any(phone.is_alive() for phone in phones):
        orders.answered(PageAnswer("cid-1", {"state": "done"}))
    assert heard == [{"state": "done"}] * 2


def test_what_takes_longer_than_a_person_waits_is_told_as_it_stands() -> None:
    orders = Orders(lambda order: orders.answered(PageAnswer("cid-1", {"state": "running"})), patience_s=0.01)
    assert orders.order(_print("cid-1")) == {"state": "running"}
    silent = Orders(lambda _: None, patience_s=0.01)
    assert silent.order(_print("cid-2")) is None


def test_what_takes_half_a_minute_is_answered_as_soon_as_it_has_begun() -> None:
    orders = Orders(lambda order: orders.answered(PageAnswer("cid-1", {"state": "running"})), patience_s=30.0)
    heard: list[Mapping[str, Any] | None] = []
    order = PageOrder("cid-1", "setup.check", {}, "technician")
    waiting = threading.Thread(target=lambda: heard.append(orders.order(order)), daemon=True)
    waiting.start()
    waiting.join(10.0)
    assert heard == [{"state": "running"}]


class _Stuck(OwnPage):
    """Its dispatcher never answers."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.asked, self.over = threading.Event(), threading.Event()

    def order(self, order: PageOrder) -> Mapping[str, Any] | None:
        self.asked.set()
        self.over.wait(30.0)
        return None


def cut_off(came: str, language: str = "", *, program: bool = False) -> tuple[Answer, str]:
    """What a button hears whose terminal stops under it, and a page that was drawn before."""
    page = _Stuck(accounts=with_password().accounts)
    server = WebServer(Entrance("127.0.0.1", 0, page.app()))
    server.start()
    browser = Browser(server.port)
    browser.log_in()
    if language:
        browser.post("/language", {"language": language, "back": "/"})
    before = browser.get("/devices").text
    own, heard = f"http://127.0.0.1:{server.port}", list[Answer]()

    def press() -> None:
        if program:
            heard.append(browser.ask("POST", "/api/devices/print", "{}", X_CSRF_Token=browser.csrf))
        else:
            heard.append(browser.post("/devices/print", Referer=own + came))

    waiting = threading.Thread(target=press)
    waiting.start()
    assert page.asked.wait(10.0)
    server.stop()
    waiting.join(10.0)
    page.over.set()
    browser.connection.close()
    (answer,) = heard
    return answer, before


@pytest.mark.parametrize(("came", "back"), [
    ("/devices?port=%2Fdev%2Flp0&x=1", "/devices?port=%2Fdev%2Flp0&amp;x=1"), ("", "/"), ("//elsewhere", "/"),
    ("/setup?step=devices", "/setup?step=devices"),
    ("/\\elsewhere", "/"), ('/"><script>', "/%22%3E%3Cscript%3E"), ("/a;url=//b", "/a%3Burl%3D//b"),
])  # fmt: skip
def test_a_button_that_waits_as_the_terminal_stops_leads_back_to_its_page(came: str, back: str) -> None:
    answer, _ = cut_off(came)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert f'content="5; url={back}"' in answer.text and f'<a href="{back}">' in answer.text


@pytest.mark.parametrize(("language", "says", "other"), [
    ("zh-CN", "大约 5 秒，这一页会自己回来", "comes back by itself"), ("", "大约 5 秒", "comes back by itself"),
    ("en", "In about 5 seconds this page comes back by itself.", "正在重启"),
])  # fmt: skip
def test_it_is_told_in_the_readers_language_and_drawn_with_the_style_that_the_browser_has_kept(
    language: str, says: str, other: str
) -> None:
    answer, before = cut_off("/setup?step=devices", language)
    assert says in answer.text and other not in answer.text
    styles = re.findall(r'<link rel="stylesheet" href="(.*?)">', before)
    assert len(styles) == 1 and re.findall(r'<link rel="stylesheet" href="(.*?)">', answer.text) == styles
    assert answer.headers["Content-Security-Policy"]


def test_a_program_is_told_when_to_ask_again() -> None:
    answer, _ = cut_off("", program=True)
    assert (answer.status, answer.json["state"], answer.headers["Retry-After"]) == (503, "refused", "5")


@pytest.mark.parametrize("back", ["//[", "http://[x", "//[/devices", "/devices?" + "x" * 5000])
def test_a_way_back_that_is_no_address_leads_home_and_nothing_breaks(back: str) -> None:
    page = with_password()
    with served(page) as browser:
        assert browser.post("/language", {"language": "en", "back": back}).status == 303
        browser.log_in()
        assert browser.post("/devices/print", {"back": back}).status == 303
        assert browser.post("/devices/door", {"door": "", "back": back}).status == 422


def test_an_old_form_with_other_words_is_another_order() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        for door in ("B01", "B01", "B02"):
            browser.post("/devices/door", {"door": door, "cid": "019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5f"})
    marks = [order.mark for order in page.orders]
    assert marks[0] == marks[1] != marks[2] and all(marks)


def test_who_logs_in_anew_is_no_longer_who_they_were() -> None:
    with served(with_password(Role.TECHNICIAN, Role.OWNER)) as browser:
        browser.log_in()
        before = dict(browser.cookies)
        assert browser.post("/login", {"account": "owner", "password": PASSWORD}).status == 303
        browser.cookies = before
        assert browser.get("/").headers["Location"] == "/login"
