"""What another site, another name or another page of this browser can make of the box: nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from browser_bench import Technician, chromium
from browser_fixtures import browser as browser
from browser_fixtures import playwright as playwright
from browser_fixtures import shop as shop
from browser_fixtures import technician as technician
from playwright.sync_api import Browser, Playwright

from edge.sim.counter.shop import Shop

pytestmark = pytest.mark.chaos

FORM = '<form method="post" action="{box}/devices/drawer"><button>win</button></form>'
FETCHES = """async box => {{
  const tries = [
    fetch(box + "/api/overview", {{credentials: "include"}}),
    fetch(box + "/api/devices/drawer", {{method: "POST", credentials: "include", body: "{{}}"}}),
    fetch(box + "/api/devices/drawer", {{method: "POST", mode: "no-cors", credentials: "include", body: "{{}}"}}),
  ];
  return (await Promise.allSettled(tries)).map(one => one.status + ":" + (one.value ? one.value.type : ""));
}}""".replace("{{", "{").replace("}}", "}")


@pytest.fixture
def stranger() -> Iterator[str]:
    """A site on another port, which is another origin."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            box = self.path.partition("?box=")[2]
            body = f"<!doctype html><title>win</title>{FORM.format(box=box)}<iframe src='{box}/'></iframe>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}"
    site.shutdown()
    site.server_close()


def test_a_form_and_a_script_of_another_site_do_nothing(technician: Technician, stranger: str) -> None:
    shop, page = technician.shop, technician.page
    pulses = shop.bench.look()["drawer"]["pulses"]
    page.goto(f"{stranger}/?box={technician.base}")
    assert not page.frame_locator("iframe").locator(".name").count(), "the box is in no frame of others"
    outcomes = page.evaluate(FETCHES, technician.base)
    assert outcomes[:2] == ["rejected:", "rejected:"] and outcomes[2] in ("fulfilled:opaque", "rejected:")
    with page.expect_navigation() as gone:
        page.click("button")
    assert gone.value.status == 403
    assert shop.bench.look()["drawer"]["pulses"] == pulses
    technician.complaints.heard.clear()  # the stranger's own page was looked at too


def test_a_name_that_is_bent_to_the_box_is_answered_by_none_of_its_pages(playwright: Playwright, shop: Shop) -> None:
    with chromium(playwright, "--host-resolver-rules=MAP evil.example 127.0.0.1") as browser:
        technician = Technician(shop, browser)
        for path in ("/", "/login", "/static/page.css", "/events", "/api/overview", "/health", "/metrics"):
            answer = technician.page.goto(f"http://evil.example:{shop.plan.web_port}{path}")
            assert answer is not None and answer.status == 421, path


def test_without_a_login_each_address_leads_to_it(shop: Shop, browser: Browser) -> None:
    technician = Technician(shop, browser)
    for path in ("/", "/live", "/devices", "/logs", "/settings", "/commands", "/cloud", "/password"):
        technician.open(path)
        assert technician.page.url.endswith("/login"), path
    technician.context.close()
