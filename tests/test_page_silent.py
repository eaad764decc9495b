"""A device of which nothing ever came: its port is open, and the page does not call it ready."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from counter_bench import CounterBench
from own_page_bench import STATE, OwnPage, served
from test_configuring import SHOP
from test_page_setup import new_box, section

from edge.config import load_settings
from edge.devices import load_driver
from edge.own_ports import KNOWN
from edge.own_setup import OwnSetup
from edge.ports import DeviceState, ScanSeen
from edge.store.documents import Documents
from edge.web.sources import DeviceFacts

SEEN = ScanSeen("counter_scanner", "2026-11-27T02:00:00.000Z", "6900000000014", "", "idle", "item", "6", "taken")
SCANNER = '[devices.counter_scanner]\ndriver = "scanner_serial"\nport = "{port}"\n'


def with_a_silent_scanner() -> OwnPage:
    page = new_box()
    page.devices = (DeviceFacts("counter_scanner", "scanner_serial", "/dev/ttyACM0"),)
    page.state = replace(STATE, devices=(DeviceState("counter_scanner", "scanner_serial", "ready"),))
    page.silent = frozenset({"counter_scanner"})
    return page


@pytest.mark.parametrize("path", ["/", "/devices", "/setup?step=devices"])
def test_a_scanner_of_which_nothing_came_is_not_ready_but_silent(path: str) -> None:
    page = with_a_silent_scanner()
    with served(page) as browser:
        browser.log_in()
        text = browser.get(path).text
        assert '<span class="warn">口开着，还没收到过数据</span>' in text and "就绪</span>" not in text
        page.silent = frozenset()
        assert '<span class="good">就绪</span>' in browser.get(path).text
        page.silent = frozenset({"counter_scanner"})
        page.state = replace(STATE, devices=(DeviceState("counter_scanner", "scanner_serial", "offline"),))
        assert "没有连上" in browser.get(path).text, "what is worse is told"


def test_where_it_is_tried_what_came_of_it_alone_is_told_as_the_page_stays_open_meanwhile() -> None:
    page = with_a_silent_scanner()
    with served(page) as browser:
        browser.log_in()
        card = section(browser.get("/setup?step=tests").text, "counter_scanner-scanner")
        assert "还没有收到" in card and "就绪" not in card and "口开着" not in card


@pytest.fixture
def box(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def own_setup(box: CounterBench, port: str) -> OwnSetup:
    """As a start of a box whose scanner is at `port` wires it."""
    config = box.folder / "shop.toml"
    config.write_text(SHOP + SCANNER.format(port=port), encoding="utf-8")
    documents, _ = Documents.open(box.folder / "documents", at=box.clock.wall())
    return OwnSetup(load_settings(config, load_driver), box.bus, documents.collection(KNOWN), lambda _: None)


def test_what_was_heard_where_it_hangs_is_no_doubt_of_the_next_morning(box: CounterBench) -> None:
    setup = own_setup(box, "/dev/ttyACM0")
    assert setup.silent() == {"counter_scanner"}
    setup.scanned(replace(SEEN, fate="garbled"))
    assert setup.silent() == {"counter_scanner"}, "octets that nobody can read are no scanner that works"
    setup.scanned(SEEN)
    assert setup.silent() == set() and own_setup(box, "/dev/ttyACM0").silent() == set()
    assert own_setup(box, "/dev/ttyACM1").silent() == {"counter_scanner"}, "whether it works there, nobody knows"


def test_the_first_page_names_what_was_never_tried() -> None:
    page = with_a_silent_scanner()
    assert page.state is not None
    page.state = replace(page.state, troubles=())
    with served(page) as browser:
        browser.log_in()
        assert "还没有试过：扫码枪" in browser.get("/").text
        page.silent = frozenset()
        assert "还没有试过" not in browser.get("/").text
