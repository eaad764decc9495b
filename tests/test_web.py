"""The terminal's own page: state for everyone on this machine, more for whoever has the printed PIN."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from urllib.parse import urlencode

import pytest

from edge.clock import SystemClock
from edge.errors import SettingsError
from edge.model.set_up_slip import new_pin, read_pin
from edge.ports import DeviceState, Snapshot
from edge.web.login import FREE_TRIES, Gate, hash_pin
from edge.web.server import PAGES, PageSources, WebServer, build_app

PIN = "8JGP9PRMVS9XR"
STATE = Snapshot(
    tid="T7K3M9Q2", version="0.1.0", at="2026-11-23T02:14:01.000Z", clk="ok", uptime_s=3.0, ready=True, link="online",
    epoch="01KAQ3Z8F0S7J6W2R9XDBN4V5C", journal_n=7, unsent=2, positions=(("tx", 5, 3),), basket_lines=1, items=43,
    waiting_prints=0, unknown_prints=0, refused_scans=0, refused_messages=0,
    devices=(DeviceState("receipt_printer", "printer_escpos", "paper_out"),), problems=("receipt_printer: paper_out",),
)  # fmt: skip
ROW = {"n": 7, "stream": "tx", "seq": 5, "type": "sale.completed", "at": "2026-11-23T02:14:01.000Z", "acked": False}


class HandClock(SystemClock):
    """The monotonic clock moves only when a test moves it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0

    def mono(self) -> float:
        return self.now


SAID = ("item.added", "ok", "可乐，三元")


@contextmanager
def page(state: Snapshot | None = STATE, gate: Gate | None = None) -> Iterator[http.client.HTTPConnection]:
    sources = PageSources(
        lambda: state,
        lambda: [ROW],
        [("terminal.tid", "T7K3M9Q2", "shop.toml line 2")],
        lambda: "edge_q_tx 0\n",
        lambda: [SAID],
    )
    server = WebServer("127.0.0.1", 0, build_app(sources, gate or Gate(HandClock(), lambda: None)))
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rsplit(":", 1)[1].rstrip("/")), timeout=5)
    try:
        yield connection
    finally:
        connection.close()
        server.stop()


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None, **headers: str
) -> tuple[int, str, http.client.HTTPMessage]:
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers


def test_health_tells_the_whole_state_as_json() -> None:
    with page() as connection:
        status, text, _ = ask(connection, "GET", "/health")
    assert status == 200
    assert json.loads(text)["unsent"] == 2
    assert json.loads(text)["devices"][0]["state"] == "paper_out"


def test_before_the_first_message_health_says_not_ready() -> None:
    with page(state=None) as connection:
        assert ask(connection, "GET", "/health")[0] == 503
        assert "Starting" in ask(connection, "GET", "/")[1]


def test_the_state_page_names_the_problem_and_loads_nothing_from_elsewhere() -> None:
    with page() as connection:
        status, text, headers = ask(connection, "GET", "/")
    assert status == 200
    assert "receipt_printer: paper_out" in text
    assert "http://" not in text and "https://" not in text and "<script" not in text
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_no_other_site_may_read_what_it_answers() -> None:
    with page() as connection:
        for path in ("/", "/health", "/metrics", "/technician", "/nowhere"):
            _, _, headers = ask(connection, "GET", path, Origin="http://evil.example")
            assert not [name for name in headers if name.lower().startswith("access-control-")]
        for path in ("/", "/health", "/technician"):
            _, _, headers = ask(connection, "GET", path)
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_reading_changes_nothing() -> None:
    """What changes something is posted."""
    with page(gate=Gate(HandClock(), lambda: hash_pin(PIN))) as connection:
        for path in ("/technician/login", "/technician/logout"):
            assert ask(connection, "GET", f"{path}?pin={PIN}")[0] == 405


def test_a_pin_is_kept_as_argon2id_with_19_mib_and_two_passes() -> None:
    assert hash_pin(PIN).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_thousand_pins_of_65_bits_are_a_thousand_pins() -> None:
    chance = SystemRandom()
    pins = {new_pin(chance) for _ in range(1_000)}
    assert len(pins) == 1_000
    assert {len(read_pin(pin)) for pin in pins} == {13}


def test_another_name_that_resolves_to_this_box_is_refused_on_every_path() -> None:
    with page() as connection:
        for path in ("/", "/health", "/technician", "/nowhere"):
            assert ask(connection, "GET", path, Host="shop.example")[0] == 421


@pytest.mark.parametrize("host", ["[", "[::1", "localhost]", "[x]", "localhost/x", "a@localhost", "127.0.0.1:1:1"])
def test_a_host_that_is_no_address_is_refused_too(host: str) -> None:
    with page() as connection:
        assert ask(connection, "GET", "/health", Host=host)[0] == 421


@pytest.mark.parametrize("origin", ["http://[", "null", "http://[x]", "localhost", "http://a@localhost"])
def test_an_origin_that_is_no_address_is_another_site(origin: str) -> None:
    with page() as connection:
        for path in ("/technician/login", "/technician/logout"):
            assert ask(connection, "POST", path, Host="localhost", Origin=origin)[0] == 403


def test_without_the_pin_the_technician_sees_only_the_question_for_it() -> None:
    with page(gate=Gate(HandClock(), lambda: hash_pin(PIN))) as connection:
        status, text, _ = ask(connection, "GET", "/technician")
    assert status == 200
    assert "PIN" in text
    assert "sale.completed" not in text


def test_the_pin_as_it_stands_on_paper_opens_the_technicians_page() -> None:
    with page(gate=Gate(HandClock(), lambda: hash_pin(PIN))) as connection:
        status, _, headers = ask(connection, "POST", "/technician/login", urlencode({"pin": "8jgp-9prm-vs9xr"}))
        assert status == 303
        cookie = headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie
        session = cookie.split(";")[0]
        status, text, _ = ask(connection, "GET", "/technician", Cookie=session)
        assert "sale.completed" in text and "shop.toml line 2" in text
        assert SAID[-1] in text and SAID[-1] not in ask(connection, "GET", "/")[1]
        ask(connection, "POST", "/technician/logout", Cookie=session)
        assert "sale.completed" not in ask(connection, "GET", "/technician", Cookie=session)[1]


def test_another_sites_form_cannot_log_in() -> None:
    with page(gate=Gate(HandClock(), lambda: hash_pin(PIN))) as connection:
        status, _, headers = ask(
            connection, "POST", "/technician/login", urlencode({"pin": PIN}), Origin="http://evil.example"
        )
    assert status == 403
    assert headers["Set-Cookie"] is None


def test_after_five_wrong_pins_even_the_right_one_has_to_wait() -> None:
    clock = HandClock()
    hashed = hash_pin(PIN)
    gate = Gate(clock, lambda: hashed)
    for _ in range(FREE_TRIES):
        assert gate.enter("WRONG") is None
    assert gate.enter(PIN) is None
    assert gate.wait_s() == 1
    clock.now += 1.1
    assert gate.enter("WRONG") is None
    assert gate.wait_s() == 2
    clock.now += 2.1
    assert gate.enter(PIN) is not None


def test_a_session_ends_after_fifteen_idle_minutes_and_after_twelve_hours() -> None:
    clock = HandClock()
    hashed = hash_pin(PIN)
    gate = Gate(clock, lambda: hashed)
    token = gate.enter(PIN)
    for _ in range(60):
        clock.now += 719
        assert gate.admits(token)
    clock.now += 719
    assert not gate.admits(token), "twelve hours"
    token = gate.enter(PIN)
    clock.now += 901
    assert not gate.admits(token), "fifteen minutes"


def test_before_there_is_an_account_no_pin_opens() -> None:
    assert Gate(HandClock(), lambda: None).enter("") is None


def test_a_taken_port_is_one_sentence_that_names_it() -> None:
    with page() as connection:
        second = WebServer(
            "127.0.0.1",
            connection.port,
            build_app(PageSources(lambda: None, list, [], str, list), Gate(HandClock(), lambda: None)),
        )
        with pytest.raises(SettingsError, match=rf"port {connection.port} is taken") as refused:
            second.start()
    assert "\n" not in str(refused.value)


LABEL = re.compile(r"<(?:h1|h2|th|dt|button|label)\b[^>]*>((?:[^<{]|\{(?!\{)|\{\{.*?\}\})+)")
"""What stands on the pages whatever the state is."""


@pytest.mark.parametrize("template", sorted(PAGES.glob("*.html")), ids=lambda template: template.name)
def test_every_label_is_in_both_languages(template: Path) -> None:
    labels = [re.sub(r"\{[{%].*?[%}]\}", "", label).strip() for label in LABEL.findall(template.read_text("utf-8"))]
    labels = [label for label in labels if label]
    assert labels or template.name in ("page.html", "words.html")
    for label in labels:
        assert re.search(r"[A-Za-z]", label), label
        assert re.search(r"[\u4e00-\u9fff]", label), label


def test_a_state_is_told_in_words_too() -> None:
    with page() as connection:
        assert "paper_out 没纸" in ask(connection, "GET", "/")[1]
