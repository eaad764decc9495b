"""The HTTP API as its own description tells it to strangers: whatever they send, each answer is one that it names."""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import pytest
import schemathesis
from browser_bench import PASSWORD, Technician, open_shop
from browser_fixtures import browser as browser
from browser_fixtures import playwright as playwright
from counter_devices import LOOK_AGAIN_S
from hypothesis import HealthCheck, given, settings
from own_page_bench import served, with_password
from playwright.sync_api import Browser
from schemathesis import GenerationMode
from shop_bench import PATIENCE_S

pytestmark = pytest.mark.chaos

CASES = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
"""Of each operation, in each mode: a paper that is tried takes its two seconds each time."""
RESTARTS = ("/api/fix/restart", "/api/cells/restart")
"""Who asks that again while the terminal starts anew has it start for ever; tests/test_edge_run_page.py asks once."""
OF_THE_SESSION = ("/api/login", "/api/password")
"""They are tried at a page whose password may change."""


@dataclass
class Door:
    """Where the API is, and the session with which it is asked."""

    host: str
    headers: dict[str, str] = field(default_factory=dict)

    def log_in(self) -> None:
        connection = http.client.HTTPConnection(self.host, timeout=10)
        connection.request("POST", "/api/login", json.dumps({"account": "technician", "password": PASSWORD}))
        answer = connection.getresponse()
        token = json.loads(answer.read())
        assert answer.status == 200, token
        cookie = str(answer.headers["Set-Cookie"]).split(";")[0]
        self.headers = {"Cookie": cookie, "X-CSRF-Token": token["csrf"]}
        connection.close()

    def describe(self) -> Any:
        connection = http.client.HTTPConnection(self.host, timeout=10)
        connection.request("GET", "/api/openapi.json", headers=self.headers)
        document = json.loads(connection.getresponse().read())
        connection.close()
        return document

    def ask(self, case: Any) -> Any:
        """A terminal that starts anew, because it was told to, is waited for; its sessions are over then."""
        deadline, pause = monotonic() + PATIENCE_S, threading.Event()
        while True:
            try:
                answer = case.call(base_url=f"http://{self.host}", headers=self.headers)
                if answer.status_code == 401 and case.path not in OF_THE_SESSION:
                    self.log_in()
                    continue
                if answer.status_code != 503:
                    return answer
            except OSError:
                assert monotonic() < deadline, "the terminal does not come back"
            assert monotonic() < deadline, "the terminal starts for ever"
            pause.wait(LOOK_AGAIN_S)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Door]:
    with open_shop(tmp_path_factory.mktemp("api")) as shop:
        technician = Technician(shop, browser)
        technician.log_in()
        technician.context.close()
        door = Door(f"127.0.0.1:{shop.plan.web_port}")
        door.log_in()
        yield door


@pytest.fixture(scope="module")
def entrance() -> Iterator[Door]:
    with served(with_password()) as browser:
        door = Door(f"127.0.0.1:{browser.port}")
        door.log_in()
        yield door


def _hammer(door: Door, fits: Callable[[str], bool]) -> dict[str, int]:
    """Asks each operation whose path fits, and holds each answer against the description; how often each was asked."""
    asked: Counter[str] = Counter()
    described: Any = schemathesis.openapi.from_dict(door.describe())
    for found in described.get_all_operations():
        operation = found.ok()
        if not fits(operation.path):
            continue

        def ask(case: Any) -> None:
            asked[case.operation.label] += 1
            _check(case, door.ask(case))

        for mode in GenerationMode:
            CASES(given(case=operation.as_strategy(generation_mode=mode))(ask))()
    return dict(asked)


def _check(case: Any, answer: Any) -> None:
    assert answer.status_code < 500 and str(answer.status_code) in case.operation.definition.raw["responses"], (
        f"{case.method} {case.path} {case.body!r}: {answer.status_code} {answer.text[:300]}"
    )
    assert answer.headers["content-type"][0].startswith("application/json"), case.path
    case.validate_response(answer, checks=[schemathesis.checks.response_schema_conformance])


def test_each_answer_is_one_that_the_description_names(door: Door) -> None:
    asked = _hammer(door, lambda path: path not in (*OF_THE_SESSION, *RESTARTS))
    assert len(asked) > 10 and sum(asked.values()) > 200, asked


def test_login_and_password_answer_as_described(entrance: Door) -> None:
    asked = _hammer(entrance, lambda path: path in OF_THE_SESSION)
    assert len(asked) == 3, asked
