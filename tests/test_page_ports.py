"""Devices at the page: found, bound to a work, moved with their plug, taken out; and what is wrong at which field."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from own_page_bench import STATE, OwnPage, port_facts, served, with_password
from pydantic import BaseModel

from edge.devices import load_driver
from edge.model.account import Role
from edge.model.configuration import KeptConfig, Layer
from edge.model.found_port import FoundPort, PortKind
from edge.model.problem import Problem
from edge.ports import DeviceState
from edge.web.sources import DeviceFacts

SCANNER = FoundPort(
    "/dev/serial/by-id/usb-H_1", PortKind.SERIAL, "Honeywell 1900", ("/dev/serial/by-id/usb-H_1", "/dev/ttyACM0"),
    "0c2e:0901", "0c2e:0901:1",
)  # fmt: skip
PRINTER = FoundPort("/dev/usb/lp0", PortKind.PRINTER, "POS58", ("/dev/usb/lp0",), "0416:5011", "0416:5011:9")
MOVED = FoundPort("/dev/usb/lp1", PortKind.PRINTER, "POS58", ("/dev/usb/lp1",), "0416:5011", "0416:5011:9")
NEW = {"name": "counter_scanner", "driver": "scanner_serial", "port": "/dev/ttyACM0", "seen": "0", "baud": "115200",
       "suffix": "cr", "idle_ms": "120", "aim": "auto", "bits": "8", "parity": "N"}  # fmt: skip


def page_with(*ports: FoundPort, **more: Any) -> OwnPage:
    page = with_password()
    page.ports = port_facts(found=lambda: ports, **more)
    return page


def test_what_is_plugged_in_says_what_it_may_be_and_who_uses_it() -> None:
    with served(page_with(PRINTER, SCANNER)) as browser:
        browser.log_in()
        text = browser.get("/devices").text
        assert text.index("Honeywell 1900") < text.index("POS58"), "what nobody uses comes first"
        assert "还没有用" in text and "小票打印机 在用" in text and "可能是扫码枪（串口）" in text
        told = browser.get("/api/devices").json["ports"]
        assert [(one["used_by"], one["likely"]) for one in told] == [
            ("", "scanner_serial"), ("receipt_printer", "printer_escpos"),
        ]  # fmt: skip


UART = FoundPort("/dev/ttyS0", PortKind.SERIAL, "ttyS0", ("/dev/ttyS0",))


@pytest.mark.parametrize("path", ["/devices", "/setup?step=devices"])
def test_a_port_at_which_nothing_can_be_seen_stands_apart_without_a_button(path: str) -> None:
    with served(page_with(UART, SCANNER)) as browser:
        browser.log_in()
        text = browser.get(path).text
        before, _, apart = text.partition("主板上的其他口：1 个")
        assert 'class="button" href="/devices/port?port=/dev/serial' in before and "/dev/ttyS0" not in before
        assert '<a href="/devices/port?port=/dev/ttyS0">' in apart and 'class="button" href="/devices/port' not in apart
        assert "还没有用的口：2" not in text
        assert [one["is_bare"] for one in browser.get("/api/devices").json["ports"]] == [True, False]


def test_a_serial_port_of_the_board_that_is_used_stands_with_the_others() -> None:
    page = page_with(UART, devices={"scale": {"driver": "scale_serial", "port": "/dev/ttyS0"}})
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/devices").text
        assert "主板上的其他口" not in text and "已经在用的：1 个" in text


def test_a_scanner_is_bound_with_the_fields_of_its_driver() -> None:
    page = page_with(SCANNER)
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/devices/port?port=/dev/ttyACM0").text
        assert 'value="counter_scanner"' in text and "波特率" in text and "300 到 1000000" in text
        assert browser.post("/devices/bind", NEW).headers["Location"] == "/devices"
    table = {"driver": "scanner_serial", "port": "/dev/ttyACM0", "baud": 115_200, "suffix": "cr", "idle_ms": 120,
             "aim": "auto", "bits": 8, "parity": "N"}  # fmt: skip
    change = {"table": "devices", "key": "counter_scanner", "value": table}
    assert page.orders[0].args == {"changes": [change], "seen": 0}


@pytest.mark.parametrize(("driver", "kind", "name"), [
    ("", "扫码枪（串口）", "counter_scanner"), ("scale_serial", "电子秤", "scale"),
    ("line_display", "顾客屏", "customer_display"), ("printer_escpos", "小票打印机", "receipt_printer_2"),
])  # fmt: skip
def test_the_kind_that_is_shown_as_chosen_is_the_one_that_is_bound(driver: str, kind: str, name: str) -> None:
    with served(page_with(SCANNER)) as browser:
        browser.log_in()
        text = browser.get(f"/devices/port?port=/dev/ttyACM0&driver={driver}").text
        assert re.findall(r'aria-current="true">(.*?)</a>', text) == [kind]
        assert f"保存为：{kind}" in text and f'value="{name}"' in text
        (bound,) = re.findall(r'name="driver" value="(.*?)"', text)
        assert bound == (driver or "scanner_serial")
        chosen = re.search(r'href="([^"]*driver=scale_serial)#', text)
        assert chosen is not None
        asked = browser.get(chosen[1].replace("&amp;", "&")).text
        assert re.findall(r'name="driver" value="(.*?)"', asked) == ["scale_serial"]


GUN = {"driver": "scanner_serial", "port": "/dev/ttyACM0", "baud": 57_600}


@pytest.mark.parametrize(("path", "use"), [
    ("/devices", 'class="button" href'), ("/setup?step=devices", 'class="button" href'),
])  # fmt: skip
def test_the_port_of_a_device_that_was_taken_out_is_offered_as_what_it_was(path: str, use: str) -> None:
    page = page_with(SCANNER, identity=lambda name: "0c2e:0901:1", remembered=lambda: {"gun": GUN})
    with served(page) as browser:
        browser.log_in()
        text = browser.get(path).text
        assert "原来是扫码枪（串口）" in text and "可能是" not in text and use in text
        text = browser.get("/devices/port?port=/dev/ttyACM0").text
        assert 'value="gun"' in text and 'value="57600"' in text and "保存为：扫码枪（串口）" in text
        text = browser.get("/devices/port?port=/dev/ttyACM0&driver=scale_serial").text
        assert 'value="scale"' in text and "57600" not in text, "it is another thing now"
        browser.post("/devices/bind", NEW | {"name": "gun", "baud": "57600"})
    assert page.orders[0].args["changes"][0]["key"] == "gun"


@pytest.mark.parametrize(("devices", "identity"), [
    ({"gun": GUN}, "0c2e:0901:1"), ({"other": GUN}, "0c2e:0901:1"), ({}, "0c2e:0901:2"),
])  # fmt: skip
def test_a_port_that_is_used_or_has_another_thing_on_it_was_nothing_before(
    devices: dict[str, Any], identity: str
) -> None:
    page = page_with(SCANNER, devices=devices, identity=lambda name: identity, remembered=lambda: {"gun": GUN})
    with served(page) as browser:
        browser.log_in()
        assert "原来是" not in browser.get("/devices").text
        assert browser.get("/api/devices").json["ports"][0]["before"] == ""


def test_what_has_no_number_of_its_own_is_known_by_its_port() -> None:
    page = page_with(UART, remembered=lambda: {"scale": {"driver": "scale_serial", "port": "/dev/ttyS0"}})
    with served(page) as browser:
        browser.log_in()
        assert "原来是电子秤" in browser.get("/devices").text


def test_a_device_in_the_network_has_no_settings_of_a_serial_line() -> None:
    table = {"driver": "printer_escpos", "port": "tcp://192.0.2.7:9100", "baud": 9600}
    page = page_with(SCANNER, devices={"receipt_printer": table})
    with served(page) as browser:
        browser.log_in()
        for query in ("name=receipt_printer", "driver=printer_escpos"):
            text = browser.get(f"/devices/port?{query}").text
            assert 'name="paper_width_mm"' in text
            assert not any(f'name="{one}"' in text for one in ("baud", "bits", "parity"))
        assert 'name="baud"' in browser.get("/devices/port?port=/dev/ttyACM0").text
        fields = {"name": "receipt_printer", "instead": "receipt_printer", "driver": "printer_escpos",
                  "port": "tcp://192.0.2.8:9100", "paper_width_mm": "80", "seen": "0"}  # fmt: skip
        assert browser.post("/devices/bind", fields).status == 303
    value = page.orders[0].args["changes"][0]["value"]
    assert value == {"driver": "printer_escpos", "port": "tcp://192.0.2.8:9100", "paper_width_mm": 80}


def test_whoever_saves_is_told_what_hangs_where_now() -> None:
    with served(page_with(SCANNER, MOVED)) as browser:
        browser.log_in()
        browser.get("/devices/port")
        browser.post("/devices/bind", NEW)
        assert "扫码枪（串口）（counter_scanner）接在 /dev/ttyACM0" in browser.get("/devices").text
        browser.post("/devices/move", {"name": "receipt_printer", "port": "/dev/usb/lp1", "seen": "0"})
        assert "小票打印机（receipt_printer）接在 /dev/usb/lp1" in browser.get("/devices").text
        browser.post("/devices/unbind", {"name": "receipt_printer", "seen": "0"})
        told = browser.get("/devices").text
        assert "小票打印机（receipt_printer）不再使用" in told and "用地址 /dev/usb/lp0 添加" in told


def test_a_device_is_called_by_what_it_is_for_and_its_own_name_stands_small_below() -> None:
    page = page_with(SCANNER)
    page.devices = (
        *page.devices, DeviceFacts("gun", "scanner_serial", "/dev/a"), DeviceFacts("scale", "line_display", "/dev/b"),
    )  # fmt: skip
    states = tuple(DeviceState(one.name, one.driver, "ready") for one in page.devices)
    page.state = replace(STATE, devices=states, troubles=(Problem("device.offline", "gun", "offline", STATE.at),))
    with served(page) as browser:
        browser.log_in()
        first = browser.get("/").text
        assert "小票打印机</dt>" in first and "扫码枪 (gun)</dt>" in first and "顾客屏 (scale)</dt>" in first
        text = browser.get("/devices").text
        assert '小票打印机<br><code class="hint">receipt_printer</code>' in text
        assert '扫码枪<br><code class="hint">gun</code>' in text
        assert '顾客屏<br><code class="hint">scale</code>' in text, "whatever it is named"
        assert '扫码枪（串口）<br><code class="hint">scanner_serial</code>' in text
        assert "扫码枪 (gun) 没有连上" in browser.get("/").text, "a sentence says which one"
        assert '小票打印机<br><code class="hint">printer_escpos</code>' in browser.get("/settings").text
        browser.post("/language", {"language": "en", "back": "/"})
        assert 'Scanner<br><code class="hint">gun</code>' in browser.get("/devices").text


def test_what_nobody_uses_stands_open_and_the_name_of_a_device_that_is_set_up_stays() -> None:
    with served(page_with(PRINTER, SCANNER)) as browser:
        browser.log_in()
        text = browser.get("/devices").text
        assert text.index("Honeywell 1900") < text.index("已经在用的：1 个") < text.index("POS58")
        assert 'href="#ports">插着、还没有用的口：1 个' in text
        text = browser.get("/devices/port?name=receipt_printer").text
        assert '<input type="hidden" name="name" value="receipt_printer">' in text
        assert 'id="devicesbind-name"' not in text
        assert "保存为：小票打印机" in browser.get("/devices/port?driver=printer_escpos").text


WRONG = [
    ({"name": "Scanner"}, "格式不对"), ({"name": "扫码枪"}, "格式不对"), ({"name": ""}, "格式不对"),
    ({"name": "x" * 40}, "太长"), ({"name": "receipt_printer"}, "receipt_printer，请换"),
    ({"port": "/dev/usb/lp0"}, "receipt_printer 已经在用这个口"), ({"port": "/dev/ttyUSB7"}, "这个口现在没有东西"),
    *(({"port": f"tcp://{slip}"}, "地址写得不对") for slip in (
        "192.168.1.50:910x", "192.168.1.50", "192.168.1.50:70000", "192.168.1.50:0", "192.168.1.500:9100",
        "192.168.1.50:9100x", "192.168,1.50:9100", ":9100", "[::1:9100", "192.168.1.50:9100/x",
    )),
    *(({"port": slip}, "地址写得不对") for slip in ("/dev/../x", "192.168.1.50:9100", "tcp:/h:1", "lp0")),
    ({"port": ""}, "这里要填"), ({"port": "x" * 300}, "太长"),
    ({"driver": "printer_none"}, "没有这一项"), ({"driver": "scanner_evdev"}, "不能接在这个口上"),
    ({"baud": "5"}, "最小是 300"), ({"baud": "快"}, "要填整数"), ({"suffix": "x"}, "请选其中一个"),
    ({"bits": "9"}, "请选其中一个"), ({"force": "1"}, "没有这一项"),
    ({"instead": "receipt_printer"}, "名字不能改"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), WRONG)
def test_what_is_wrong_stands_at_the_field_and_what_was_typed_stays(change: dict[str, str], sentence: str) -> None:
    page = page_with(SCANNER, PRINTER)
    with served(page) as browser:
        browser.log_in()
        browser.get("/devices/port")
        fields = NEW | change | {"back": "/devices/port?port=/dev/ttyACM0&driver=scanner_serial"}
        told = browser.ask("POST", "/api/devices/bind", json.dumps(NEW | change),
                           X_CSRF_Token=browser.csrf)  # fmt: skip
        assert told.status == 422 and any(sentence in one for one in told.json["fields"].values())
        answer = browser.post("/devices/bind", fields)
        assert answer.status == 422
        if {"driver", "force", "instead"}.isdisjoint(change):
            assert sentence in answer.text
    assert page.orders == []


@pytest.mark.parametrize("address", ["192.0.2.7:9100", "[fd00::7]:9100", "Printer-2.shop.lan:9100", "192.0.2.7:1/"])
def test_a_printer_in_the_network_is_bound_by_its_address(address: str) -> None:
    page = page_with(devices={})
    with served(page) as browser:
        browser.log_in()
        browser.get("/devices/port")
        fields = {"name": "receipt_printer", "driver": "printer_escpos", "port": f"tcp://{address}", "seen": "0"}
        assert browser.post("/devices/bind", fields).status == 303
    assert page.orders[0].args["changes"][0]["value"]["port"] == f"tcp://{address}"


def test_a_device_that_moved_is_known_again_and_keeps_its_settings() -> None:
    known = {"receipt_printer": "0416:5011:9"}
    table = {"driver": "printer_escpos", "port": "/dev/usb/lp0", "paper_width_mm": 80}
    page = page_with(MOVED, SCANNER, identity=lambda name: known.get(name, ""), devices={"receipt_printer": table})
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/devices").text
        assert "它好像换了插口：POS58" in text
        browser.post("/devices/move", {"name": "receipt_printer", "port": "/dev/usb/lp1", "seen": "0"})
    change = {"table": "devices", "key": "receipt_printer", "value": table | {"port": "/dev/usb/lp1"}}
    assert page.orders[0].args["changes"] == [change]


def test_a_driver_is_loaded_before_the_counter_hears_of_it() -> None:
    steps: list[str] = []

    def load(name: str) -> type[BaseModel]:
        steps.append(name)
        return load_driver(name)

    table = {"driver": "printer_escpos", "port": "/dev/usb/lp0"}
    page = page_with(MOVED, identity=lambda name: "0416:5011:9", devices={"receipt_printer": table}, driver_model=load)
    with served(page) as browser:
        browser.log_in()
        browser.get("/devices")
        steps.clear()
        browser.post("/devices/move", {"name": "receipt_printer", "port": "/dev/usb/lp1", "seen": "0"})
    assert steps == ["printer_escpos"] and len(page.orders) == 1


def test_the_problem_of_a_lost_device_has_a_button_that_uses_it_where_it_hangs_now() -> None:
    page = page_with(MOVED, identity=lambda name: "0416:5011:9")
    page.accounts |= with_password(Role.OWNER).accounts
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/fix?kind=device.offline&what=receipt_printer").text
        assert "它好像换了插口：POS58" in text and 'action="/devices/move"' in text
        assert 'action="/devices/move"' not in browser.get("/fix?kind=device.offline&what=scale").text
        browser.log_in(account="owner")
        assert 'action="/devices/move"' not in browser.get("/fix?kind=device.offline&what=receipt_printer").text


def test_a_device_whose_port_is_there_has_not_moved() -> None:
    page = page_with(PRINTER, MOVED, identity=lambda name: "0416:5011:9")
    with served(page) as browser:
        browser.log_in()
        assert "好像换了插口" not in browser.get("/devices").text


def test_a_device_is_taken_out_and_one_that_is_gone_is_told() -> None:
    page = page_with(PRINTER)
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/devices").text
        assert text.index("小票打印机 不再用了吗") < text.index("是，不再使用"), "it is asked before it is done"
        browser.post("/devices/unbind", {"name": "receipt_printer", "seen": "0"})
        browser.post("/devices/unbind", {"name": "scale", "seen": "0"})
        assert "没有这个设备" in browser.get("/devices").text
        browser.post("/devices/move", {"name": "receipt_printer", "port": "/dev/gone", "seen": "0"})
        assert "没有东西" in browser.get("/devices").text
    assert [one.args["changes"] for one in page.orders] == [[
        {"table": "devices", "key": "receipt_printer", "value": None}
    ]]  # fmt: skip


def test_of_two_phones_the_second_sees_what_the_first_has_bound() -> None:
    table = {"driver": "scanner_serial", "port": "/dev/ttyACM0"}
    staged = KeptConfig(staged=Layer(1, "", {"devices": {"counter_scanner": table}}))
    page = page_with(SCANNER, kept=lambda: staged)
    with served(page) as browser:
        browser.log_in()
        browser.get("/devices/port")
        answer = browser.post("/devices/bind", NEW | {"name": "other", "back": "/devices/port?port=/dev/ttyACM0"})
        assert answer.status == 422 and "counter_scanner 已经在用这个口" in answer.text
    assert page.orders == []
