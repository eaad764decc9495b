"""The page by name over HTTPS: Chromium warns of a certificate that nobody signed, and a person may go on."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_bench import PASSWORD, PHONE, chromium
from browser_fixtures import playwright as playwright
from own_page_bench import with_password
from playwright.sync_api import Browser, Error, Page, Playwright
from tls_bench import NAME, Box, opened

pytestmark = pytest.mark.chaos


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with opened(with_password(), tmp_path) as box:
        yield box


@pytest.fixture
def by_name(playwright: Playwright) -> Iterator[Browser]:
    """In a network where the box's name is found."""
    with chromium(playwright, f"--host-resolver-rules=MAP {NAME} 127.0.0.1") as browser:
        yield browser


@pytest.fixture
def page(by_name: Browser) -> Iterator[Page]:
    context = by_name.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="en-US")
    yield context.new_page()
    context.close()


def test_it_warns_once_shows_the_slips_fingerprint_and_goes_on(box: Box, page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        page.goto(f"https://{NAME}:{box.port}/")
    page.click("#details-button")
    page.click("#proceed-link")
    page.wait_for_selector("#password")
    own = {"origin": f"https://{NAME}:{box.port}"}
    (shown,) = session.send("Network.getCertificate", own)["tableNames"]
    assert hashlib.sha256(base64.b64decode(shown)).digest().hex(" ").upper() == box.certificate.fingerprint
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"https://{NAME}:{box.port}/")
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "__Host-session"]
    assert cookie["secure"] and cookie["httpOnly"] and cookie["sameSite"] == "Strict" and cookie["path"] == "/"
    assert page.evaluate("isSecureContext")


def test_plain_http_leads_there_and_its_forms_and_streams_work(box: Box, by_name: Browser) -> None:
    context = by_name.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto(f"http://{NAME}:{box.plain_port}/")
    assert page.url == f"https://{NAME}:{box.port}/login"
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"https://{NAME}:{box.port}/")
    with page.expect_response(lambda answer: "/events" in answer.url) as stream:
        page.goto(f"https://{NAME}:{box.port}/live")
    assert stream.value.status == 200
    context.close()
