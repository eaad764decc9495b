"""Like the last shop: what one box hands on, and where its devices hang on the next one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.shop_template import MAX_OCTETS, read_template, write_template
from edge.errors import BackupRefused
from edge.model.found_port import FoundPort, PortKind
from edge.model.shop_template import DeviceSought, Lack, PortSought, ShopTemplate, fitted, template_of

BY_ID, BY_PATH = "/dev/serial/by-id/usb-1a86_SN{}-if00", "/dev/serial/by-path/pci-0-usb-0:{}:1.0"
BODY: dict[str, Any] = {
    "terminal": {"shop_name": "小王便利店", "till": "2", "language": "en"},
    "receipt": {"header": ["人民路 1 号"], "footer": ["电话 010-1234"], "print": "on_request"},
    "devices": {
        "scale": {"driver": "scale_serial", "port": BY_ID.format("0815"), "baud": 4800},
        "receipt_printer": {"driver": "printer_escpos", "port": "tcp://192.168.1.50:9100"},
        "spare": None,
    },
}


def serial(number: str, usb: str = "1a86:7523", socket: str = "1", serial_no: bool = True) -> FoundPort:
    path = BY_PATH.format(socket)
    names = (
        (BY_ID.format(number), path, f"/dev/ttyUSB{number[-1]}") if serial_no else (path, f"/dev/ttyUSB{number[-1]}")
    )
    return FoundPort(names[0], PortKind.SERIAL, "CH340", names, usb, f"{usb}:{number}" if serial_no else "")


HERE = (serial("0815"),)


def handed_on(body: dict[str, Any] = BODY, found: tuple[FoundPort, ...] = HERE) -> ShopTemplate:
    made = template_of(body, found, app="0.1.0", made_at="2026-11-27T01:00:00.000Z")
    assert read_template(write_template(made)) == made
    return made


def test_what_is_of_one_box_alone_stays_there() -> None:
    octets = write_template(handed_on())
    text = octets.decode()
    assert "小王" not in text and "0815" not in text and '"till"' not in text
    assert "人民路" not in text and "010-1234" not in text, "whoever takes the template has no other shop's address"
    assert "on_request" in text and "4800" in text and len(octets) < 2_000


def test_a_device_hangs_where_its_like_is_plugged_in() -> None:
    found = fitted(handed_on(), (serial("4711", socket="3"),), {})
    assert dict(found.devices)["scale"] == {"driver": "scale_serial", "baud": 4800, "port": BY_ID.format("4711")}
    assert dict(found.devices)["receipt_printer"] == BODY["devices"]["receipt_printer"], "an address stays"
    assert dict(found.devices)["spare"] is None and found.lacking == ()
    assert found.settings == (("terminal", "language", "en"), ("receipt", "print", "on_request"))


def test_of_two_of_a_kind_the_socket_tells_which() -> None:
    last = serial("1", socket="1", serial_no=False), serial("2", socket="2", serial_no=False)
    body = {"devices": {
        "scale": {"driver": "scale_serial", "port": BY_PATH.format("2")},
        "counter_scanner": {"driver": "scanner_serial", "port": BY_PATH.format("1")},
    }}  # fmt: skip
    template = handed_on(body, last)
    now = (serial("8", socket="2", serial_no=False), serial("9", socket="1", serial_no=False))
    ports = {name: (table or {})["port"] for name, table in fitted(template, now, {}).devices}
    assert ports == {"scale": BY_PATH.format("2"), "counter_scanner": BY_PATH.format("1")}
    others = tuple(serial(number, socket=socket, serial_no=False) for number, socket in (("8", "4"), ("9", "5")))
    assert [why for _, _, why in fitted(template, others, {}).lacking] == [Lack.SEVERAL, Lack.SEVERAL]


@pytest.mark.parametrize(("found", "others", "why"), [
    ((), {}, Lack.ABSENT), ((serial("1", usb="0403:6001"),), {}, Lack.ABSENT),
    ((serial("4711"),), {"other": {"driver": "scanner_serial", "port": BY_ID.format("4711")}}, Lack.TAKEN),
])  # fmt: skip
def test_what_cannot_be_placed_is_left_for_a_person(
    found: tuple[FoundPort, ...], others: dict[str, dict[str, Any]], why: Lack
) -> None:
    made = fitted(handed_on(), found, others)
    assert made.lacking == (("scale", "scale_serial", why),)
    assert "scale" not in dict(made.devices) and len(made.settings) == 2


@pytest.mark.parametrize(("driver", "kind", "path", "port"), [
    ("scale_serial", "", "file:///var/lib/edge/accounts.json", Lack.ABSENT),
    ("scale_serial", "named", "spy:///dev/ttyUSB5?file=/tmp/x", Lack.ABSENT),
    ("scale_serial", "", "/dev/ttyUSB0", Lack.ABSENT), ("scale_serial", "", "", Lack.ABSENT),
    ("scale_serial", "", "/dev/ttyUSB5", BY_ID.format("4715")), ("speaker", "", "/dev/ttyUSB5", Lack.ABSENT),
    ("speaker", "serial", "", Lack.ABSENT), ("scale_serial", "named", "sim://scale", "sim://scale"),
    ("printer_escpos", "named", "tcp://10.0.0.7:9100", "tcp://10.0.0.7:9100"),
])  # fmt: skip
def test_a_template_names_no_port_that_a_person_could_not_choose_here(
    driver: str, kind: str, path: str, port: str | Lack
) -> None:
    here = (serial("4715"), FoundPort("sim://scale", PortKind.NAMED, "sim://scale", ("sim://scale",)))
    sought = DeviceSought({"driver": driver}, PortSought(kind, "1a86:7523" if kind == "serial" else "", path))
    made = fitted(ShopTemplate("0.1.0", "", {}, {"it": sought}), here, {})
    if isinstance(port, Lack):
        assert (made.devices, made.lacking) == ((), (("it", driver, port),))
    else:
        assert (made.devices, made.lacking) == ((("it", {"driver": driver, "port": port}),), ())


def test_a_device_that_was_not_there_names_no_serial_number() -> None:
    made = handed_on(found=())
    assert "0815" not in write_template(made).decode()
    assert fitted(made, (serial("4711"),), {}).lacking == (("scale", "scale_serial", Lack.ABSENT),)


def test_what_is_so_already_is_no_change() -> None:
    found = fitted(handed_on(), HERE, {}).but({"terminal": {"language": "en"}, "devices": BODY["devices"]})
    assert (found.settings, found.devices) == ((("receipt", "print", "on_request"),), ())


def changed(**more: Any) -> bytes:
    return json.dumps(json.loads(write_template(handed_on())) | more).encode()


@pytest.mark.parametrize(("octets", "why"), [
    (b"", "no_template"), (b"{}", "no_template"), (b"[1]", "no_template"), (b"\xff\xfe", "no_template"),
    (b"[" * 5_000, "no_template"), (write_template(handed_on())[:-20], "template_broken"),
    (write_template(handed_on()).replace(b"4800", b"9600"), "template_broken"),
    (changed(edge_template=2), "template_newer"), (b" " * (MAX_OCTETS + 1), "template_long"),
    (changed(sha256=""), "template_broken"),
])  # fmt: skip
def test_a_wrong_a_newer_and_a_damaged_file_say_so(octets: bytes, why: str) -> None:
    with pytest.raises(BackupRefused) as refused:
        read_template(octets)
    assert refused.value.code == why


@pytest.mark.parametrize("settings", [
    {"terminal": {"tid": "T0000001"}}, {"terminal": {"shop_name": "别的店"}}, {"receipt": {"footer": ["别的店"]}},
    {"cloud": {"url": "x"}}, {"terminal": {"x": 1}},
])  # fmt: skip
def test_what_no_template_may_set_is_refused_though_its_sum_is_right(settings: dict[str, Any]) -> None:
    with pytest.raises(BackupRefused) as refused:
        read_template(write_template(ShopTemplate("0.1.0", "", settings, {})))
    assert refused.value.code == "template_newer"


@given(st.binary(max_size=200))
def test_garbage_is_refused_and_nothing_else(octets: bytes) -> None:
    for text in (octets, write_template(handed_on())[:100] + octets):
        with pytest.raises(BackupRefused):
            read_template(text)
