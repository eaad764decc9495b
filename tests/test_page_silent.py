"""A device of which nothing came since the start: its port is open, and the page does not call it ready."""

from __future__ import annotations

from dataclasses import replace

import pytest
from own_page_bench import STATE, served
from test_page_setup import new_box, section

from edge.ports import DeviceState
from edge.web.sources import DeviceFacts


@pytest.mark.parametrize("path", ["/", "/devices", "/setup?step=devices"])
def test_a_scanner_of_which_nothing_came_is_not_ready_but_silent(path: str) -> None:
    page = new_box()
    page.devices = (DeviceFacts("counter_scanner", "scanner_serial", "/dev/ttyACM0"),)
    page.state = replace(STATE, devices=(DeviceState("counter_scanner", "scanner_serial", "ready"),))
    page.silent = frozenset({"counter_scanner"})
    with served(page) as browser:
        browser.log_in()
        text = browser.get(path).text
        assert "<span>口开着，还没收到过数据</span>" in text and "就绪</span>" not in text
        page.silent = frozenset()
        assert '<span class="good">就绪</span>' in browser.get(path).text
        page.silent = frozenset({"counter_scanner"})
        page.state = replace(STATE, devices=(DeviceState("counter_scanner", "scanner_serial", "offline"),))
        assert "没有连上" in browser.get(path).text, "what is worse is told"


def test_where_it_is_tried_what_came_of_it_alone_is_told_as_the_page_stays_open_meanwhile() -> None:
    page = new_box()
    page.devices = (DeviceFacts("counter_scanner", "scanner_serial", "/dev/ttyACM0"),)
    page.state = replace(STATE, devices=(DeviceState("counter_scanner", "scanner_serial", "ready"),))
    page.silent = frozenset({"counter_scanner"})
    with served(page) as browser:
        browser.log_in()
        card = section(browser.get("/setup?step=tests").text, "counter_scanner-scanner")
        assert "还没有收到" in card and "就绪" not in card and "口开着" not in card
