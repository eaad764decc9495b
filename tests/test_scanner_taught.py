"""A scanner on a terminal that runs: its bytes are seen at once, it is taught, and the change waits for its start."""

from __future__ import annotations

from pathlib import Path

from box_bench import SHOP, TEA, RunningBox, running
from test_own_page import Viewer

from edge.clock import SystemClock
from edge.sim.scanner import SerialScannerModel

SCANNER = """
[devices.counter_scanner]
driver = "scanner_serial"
port = "sim://gun"
suffix = "{suffix}"
"""
PAY_CODE = "134567890123456789"
SEEN_S = 0.2
"""From the trigger to the page (product row 106)."""


def pull_trigger(box: RunningBox, code: str) -> None:
    gun = box.ports.model("gun")
    assert isinstance(gun, SerialScannerModel)
    with box.hands:
        gun.scan(code)


def test_each_byte_is_seen_at_once_but_not_those_of_a_code_that_pays(tmp_path: Path) -> None:
    with running(tmp_path, SHOP + SCANNER.format(suffix="crlf")) as box:
        box.until(lambda: box.state_of("counter_scanner") == "ready", "a scanner")
        assert "39 30" not in box.browser.get("/live").text
        viewer, clock, took = Viewer(box.browser), SystemClock(), []
        for code in (TEA, "4006381333931", TEA, "4006381333931"):  # the same one in a moment would count once
            begin = clock.mono()
            pull_trigger(box, code)
            assert f"{code.encode().hex(' ').upper()} 0D" in viewer.until("scan")
            took.append(clock.mono() - begin)
        assert min(took) < SEEN_S
        pull_trigger(box, PAY_CODE)
        while "付款码" not in (seen := viewer.until("scan")):
            pass
        assert "** 0D" in seen and "31 33" not in seen
        assert "31 33 34" not in box.browser.get("/live").text and "31 33 34" not in box.browser.get("/api/live").text
        viewer.close()


def test_a_scanner_whose_end_is_set_wrong_is_taught_and_the_change_waits_for_its_start(tmp_path: Path) -> None:
    with running(tmp_path, SHOP + SCANNER.format(suffix="tab")) as box:
        box.until(lambda: box.state_of("counter_scanner") == "ready", "a scanner")
        box.browser.get("/devices/teach?device=counter_scanner")
        viewer = Viewer(box.browser)
        pull_trigger(box, TEA)
        while "只读到一半" not in (seen := viewer.until("scan")):
            pass
        assert "** 0D" in seen, "bytes that gave no code"
        viewer.close()
        text = box.browser.get("/devices/teach?device=counter_scanner").text
        assert "跳格 → <strong>回车或换行</strong>" in text
        told = box.browser.post("/devices/teach", {"device": "counter_scanner", "seen": "0"})
        assert told.headers["Location"] == "/devices"
        assert box.browser.get("/api/devices").json["state"] == "waiting"
        assert "0D" not in (tmp_path / "data/documents/settings.json").read_text(encoding="utf-8")


def test_what_the_page_finds_is_what_the_settings_name(tmp_path: Path) -> None:
    with running(tmp_path, SHOP + SCANNER.format(suffix="crlf")) as box:
        for path in ("/devices", "/devices/port?name=counter_scanner", "/cells", "/settings"):
            assert box.browser.get(path).status == 200
        ports = {one["address"]: one["used_by"] for one in box.browser.get("/api/devices").json["ports"]}
        assert ports["sim://gun"] == "counter_scanner" and ports["sim://printer"] == "receipt_printer"
