"""Accounts at the page: who sees them, what each may, and the words of what was done."""

from __future__ import annotations

import pytest
from own_page_bench import PASSWORD, OwnPage, served, with_password, with_pin

from edge.model.account import Role

BOTH = (Role.TECHNICIAN, Role.OWNER)
TECHNICIANS_ONLY = ("/users", "/devices", "/settings", "/commands", "/logs")
NEW = {"password": "another-2026", "password_again": "another-2026"}


def kinds(page: OwnPage) -> list[str]:
    return [order.type for order in page.orders]


def test_the_login_offers_the_accounts_that_there_are() -> None:
    with served(with_pin()) as browser:
        text = browser.get("/login").text
        assert 'type="hidden" name="account" value="technician"' in text and 'value="owner"' not in text
    with served(OwnPage()) as browser:
        assert 'value="technician"' in browser.get("/login").text, "the one that the first PIN will be of"
    with served(with_password(*BOTH)) as browser:
        text = browser.get("/login").text
        assert 'type="radio" name="account" value="technician" checked' in text and 'value="owner"' in text


def test_a_technician_has_the_owners_pin_printed_and_the_account_taken_away() -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/users").text
        assert "还没有" in text and "打印店主的密码" in text and "/users/remove" not in text
        browser.post("/users/pin")
        assert "密码已打印在小票上" in browser.get("/users").text
        page.accounts["owner"] = with_password(Role.OWNER).accounts["owner"]
        assert "/users/remove" in browser.get("/users").text
        browser.post("/users/remove")
        assert "店主账号已删除" in browser.get("/users").text
    assert kinds(page) == ["account.pin", "account.remove"]


def test_who_is_logged_in_elsewhere_is_logged_out_and_not_who_asks() -> None:
    page = with_password(*BOTH)
    with served(page) as browser, served(page) as other, served(page) as owner:
        browser.log_in()
        other.log_in()
        owner.log_in(account="owner")
        told = browser.get("/api/users").json["accounts"]
        assert [(one["name"], one["sessions"]) for one in told] == [("technician", 2), ("owner", 1)]
        browser.post("/users/leave", {"account": "technician"})
        assert other.get("/").headers["Location"] == "/login"
        assert browser.get("/").status == 200 and owner.get("/").status == 200
        browser.post("/users/leave", {"account": "owner"})
        assert owner.get("/").headers["Location"] == "/login"
        assert browser.post("/users/leave", {"account": "root"}).status == 422


def test_what_the_owner_may_see_and_do() -> None:
    page = with_password(*BOTH)
    with served(page) as browser:
        browser.log_in(account="owner")
        menu = browser.get("/").text
        for path in ("/", "/live", "/cloud", "/password"):
            assert browser.get(path).status == 200, path
        for path in TECHNICIANS_ONLY:
            assert browser.get(path).status == 403 and browser.get(f"/api{path}").status == 403, path
            assert f'href="{path}"' not in menu, path
        browser.get("/password")
        for path in ("/users/pin", "/users/remove", "/users/leave", "/devices/door"):
            assert browser.post(path, {"account": "owner"}).status == 403, path
    assert page.orders == []


def test_the_owner_chooses_a_password_of_their_own() -> None:
    page = with_password(*BOTH)
    with served(page) as browser:
        browser.log_in(account="owner")
        assert browser.post("/password", NEW).status == 303
    with served(page) as technician:
        assert technician.log_in().status == 303, "the technician's is as it was"
    with served(page) as browser:
        assert browser.log_in(PASSWORD, "owner").status == 403
        assert browser.log_in("another-2026", "owner").status == 303


@pytest.mark.parametrize("typed", ["T7K3M9Q2", "t7k3m9q2", "T7K3-M9Q2", " t7k3 m9q2 "])
def test_the_number_that_stands_on_the_box_is_no_password(typed: str) -> None:
    page = with_password()
    with served(page) as browser:
        browser.log_in()
        answer = browser.post("/password", {"password": typed, "password_again": typed})
        assert answer.status == 422 and "不能用机器编号" in answer.text
    assert page.orders == []
