"""Who gets into the page: the PIN once, a password then; the ladder, sessions and roles (contract C33–C36)."""

from __future__ import annotations

import re
from random import SystemRandom

import pytest
from own_page_bench import PASSWORD, PIN, HandClock, OwnPage, served, with_password, with_pin

from edge.model.account import Role
from edge.model.set_up_slip import new_pin, read_pin
from edge.web.login import FREE_TRIES, IDLE_S, MAX_FAILURES_AN_HOUR, MAX_SOURCES, Gate, hash_pin

HERE, THERE = "192.168.1.7", "192.168.1.8"


def test_a_pin_is_kept_as_argon2id_with_19_mib_and_two_passes() -> None:
    assert hash_pin(PIN).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_thousand_pins_of_65_bits_are_a_thousand_pins() -> None:
    chance = SystemRandom()
    pins = {new_pin(chance) for _ in range(1_000)}
    assert len(pins) == 1_000
    assert {len(read_pin(pin)) for pin in pins} == {13}


def test_whoever_is_not_logged_in_sees_the_login_and_no_more() -> None:
    with served(with_pin()) as browser:
        answer = browser.get("/")
        assert (answer.status, answer.headers["Location"]) == (303, "/login")
        assert "sale.completed" not in browser.get("/login").text
        assert browser.get("/api/overview").status == 401


def test_the_pin_as_it_stands_on_paper_opens_one_thing_to_choose_a_password() -> None:
    page = with_pin()
    with served(page) as browser:
        answer = browser.log_in("8jgp-9prm-vs9xr")
        assert answer.status == 303
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie
        for path in ("/", "/live", "/devices", "/settings"):
            assert browser.get(path).headers["Location"] == "/password"
        assert browser.get("/api/devices").status == 403
        assert browser.get("/events").status == 401
        assert browser.post("/devices/print").headers["Location"] == "/password"
        assert page.orders == []
        text = browser.get("/password").text
        assert text.count("autofocus") == 1 and re.search('<input id="password-password"[^>]* autofocus>', text)
        chosen = browser.post("/password", {"password": PASSWORD, "password_again": PASSWORD})
        assert (chosen.status, chosen.headers["Location"]) == (303, "/")
        assert browser.get("/").status == 200
    assert not page.accounts["technician"].printed
    with served(page) as another:
        assert another.log_in(PIN).status == 403
        assert another.log_in(PASSWORD).headers["Location"] == "/"


@pytest.mark.parametrize(("path", "least"), [("/login", ""), ("/password", "至少 8 位"), ("/backup", "至少 10 位")])
def test_a_password_can_be_looked_at_by_who_has_scripts_and_says_how_long_it_is_at_least(path: str, least: str) -> None:
    with served(with_password()) as browser:
        browser.log_in()
        text = browser.get(path).text
        assert '<label class="choice" data-shows hidden>' in text and "/static/password.js" in text
        assert f"（{least}）</label>" in text or not least
        assert browser.get("/static/password.js").status == 200


@pytest.mark.parametrize(
    ("first", "again", "sentence"),
    [("short", "short", "太短，至少 8 位"), ("long enough", "long  enough", "两次输入的不一样"),
     (PIN, PIN, "不能用小票上的密码"), ("", "", "这里要填"), ("好" * 65, "好" * 65, "太长，最多 64 位")],
)  # fmt: skip
def test_a_password_that_will_not_do_is_told_at_its_field(first: str, again: str, sentence: str) -> None:
    page = with_pin()
    with served(page) as browser:
        browser.log_in(PIN)
        answer = browser.post("/password", {"password": first, "password_again": again})
        assert answer.status == 422 and sentence in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert first not in answer.text or not first
    assert page.accounts["technician"].printed


def test_after_five_wrong_tries_even_the_right_one_has_to_wait() -> None:
    page = with_password()
    gate, clock = page.gate, page.clock
    for _ in range(FREE_TRIES):
        assert gate.enter("technician", "WRONG", HERE) is None
    assert gate.enter("technician", PASSWORD, HERE) is None
    assert gate.wait_s(HERE) == 1 and gate.wait_s(THERE) == 0
    assert gate.enter("technician", PASSWORD, THERE), "another source is not held up"
    clock.now += 1.1
    assert gate.enter("technician", "WRONG", HERE) is None
    assert gate.wait_s(HERE) == 2
    clock.now += 2.1
    assert gate.enter("technician", PASSWORD, HERE)
    assert len(page.refused) == FREE_TRIES + 1


def test_many_addresses_have_sixty_tries_an_hour_together(monkeypatch: pytest.MonkeyPatch) -> None:
    page = OwnPage()
    monkeypatch.setattr("edge.web.login.matches", lambda hashed, password: False)
    for number in range(MAX_FAILURES_AN_HOUR):
        assert page.gate.wait_s("10.0.0.1") == 0
        page.gate.enter("technician", "x", f"10.0.0.{number}")
        page.clock.now += 1
    assert page.gate.wait_s("10.9.9.9") == 3_600 - MAX_FAILURES_AN_HOUR
    for number in range(MAX_SOURCES * 2):
        page.clock.now += 3_601
        page.gate.enter("technician", "x", f"10.1.{number}")
    assert len(page.gate._ways.ladders) == MAX_SOURCES


def test_an_account_that_is_none_is_told_the_same_and_written_nowhere() -> None:
    page = with_password()
    with served(page) as browser:
        texts = [browser.log_in("WRONG", name).text for name in ("technician", "owner", "root' OR 1", PASSWORD)]
        assert len({text.replace(" checked", "") for text in texts}) == 1
    assert page.refused == [("technician", "127.0.0.1"), *[(None, "127.0.0.1")] * 3]


def test_a_session_ends_after_fifteen_idle_minutes_and_after_twelve_hours() -> None:
    page = with_password()
    gate, clock = page.gate, page.clock
    token = gate.enter("technician", PASSWORD, HERE)
    for _ in range(60):
        clock.now += 719
        assert gate.session(token)
    clock.now += 719
    assert not gate.session(token), "twelve hours"
    token = gate.enter("technician", PASSWORD, HERE)
    clock.now += 800
    assert gate.lives(token)
    clock.now += 101
    assert not gate.session(token), "fifteen minutes: a page that only looks on does not use it"


def test_logging_out_ends_it_in_the_box() -> None:
    with served(with_password()) as browser:
        browser.log_in()
        session = dict(browser.cookies)
        assert browser.post("/logout").headers["Location"] == "/login"
        browser.cookies = session
        assert browser.get("/").headers["Location"] == "/login"


def test_another_password_ends_the_other_sessions_and_not_this_one() -> None:
    page = with_password()
    with served(page) as browser, served(page) as other:
        browser.log_in()
        other.log_in()
        new = {"password": "another-2026", "password_again": "another-2026"}
        assert browser.post("/password", new).status == 303
        assert browser.get("/").status == 200
        assert other.get("/").headers["Location"] == "/login"


def test_whoever_is_out_since_a_new_pin_was_printed_is_told_so_and_nobody_else() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        page.accounts["technician"] = with_pin().accounts["technician"]
        assert browser.get("/settings").headers["Location"] == "/login"
        assert "打印了新密码" in browser.get("/login").text
    with served(page) as stranger:
        assert "打印了新密码" not in stranger.get("/login").text
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        page.clock.now += IDLE_S + 1
        assert browser.get("/").headers["Location"] == "/login"
        assert "打印了新密码" not in browser.get("/login").text


def test_before_there_is_an_account_no_password_opens() -> None:
    assert Gate(HandClock(), lambda name: None, lambda name, source: None).enter("technician", "", HERE) is None


def test_the_owner_sees_the_shop_and_not_its_devices() -> None:
    page = with_password(Role.TECHNICIAN, Role.OWNER)
    with served(page) as browser:
        browser.log_in(account="owner")
        assert browser.get("/").status == 200
        assert 'href="/devices"' not in browser.get("/").text
        assert browser.get("/devices").status == 403
        assert browser.post("/devices/print").status == 403
        assert browser.get("/api/settings").status == 403
    assert page.orders == []


def test_over_tls_the_cookie_is_for_this_host_and_tls_alone() -> None:
    page = with_password()
    page.tls = True
    with served(page) as browser:
        cookie = browser.log_in().headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=") and "Secure" in cookie and "Path=/" in cookie
