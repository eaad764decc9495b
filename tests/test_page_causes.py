"""Why something failed, and what was recorded and ordered, in the reader's own words: English is marked as English."""

from __future__ import annotations

import errno
import re
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from box_bench import SHOP
from own_page_bench import GIVEN, STATE, served, with_password

from edge.channel import open_port
from edge.cloud.enrolment import ask, read_place
from edge.codec.wire_identity import EnrolRequest
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.errors import CloudError, DeviceError, DeviceInUse
from edge.messages import PageOrder
from edge.model.closed_list import CLOSED_LIST
from edge.model.problem import Problem
from edge.outside import Outside
from edge.ports import DeviceState, SerialLine
from edge.reference_cloud.command_kinds import KINDS
from edge.web.causes import WORDS, cause_of
from edge.web.server import closed_because
from edge.web.words import PageWords, read_page_words

SAID = PageWords(read_page_words())


def key_of(said: object) -> str:
    cause = cause_of(str(said))
    assert cause is not None, said
    for language in ("zh-CN", "en"):
        assert SAID.text(language, cause.key, **cause.values)
    return cause.key.removeprefix("cause.")


def test_each_cause_has_a_sentence_that_its_own_values_fill() -> None:
    for key in WORDS:
        for language in ("zh-CN", "en"):
            assert SAID.has(key), key
            text = SAID.text(language, key, **dict.fromkeys(
                ("setting", "host", "port", "minutes", "rows", "percent", "times", "day", "count", "cell", "board"), "7"
            ))  # fmt: skip
            assert text and "{" not in text


@pytest.mark.parametrize(("number", "key"), [
    (errno.EADDRINUSE, "page_taken"), (errno.EACCES, "page_rights"), (errno.EADDRNOTAVAIL, "page_address"),
])  # fmt: skip
def test_why_the_page_is_closed_names_port_and_setting(number: int, key: str) -> None:
    told = closed_because("0.0.0.0", 443, OSError(number, "what the system says"), key="bind")
    cause = cause_of(told)
    assert cause is not None and cause.key == f"cause.{key}"
    assert key_of(told) == key and cause.values == {"setting": "bind", "host": "0.0.0.0", "port": "443"}


def test_a_printer_that_is_off_and_a_port_that_is_not_there(free_port: int) -> None:
    with pytest.raises(DeviceError) as off:
        open_port(f"tcp://127.0.0.1:{free_port}", SerialLine())
    assert key_of(off.value) == "refused"
    for path in ("/dev/no-such-port", "/dev/usb/lp99"):
        with pytest.raises(DeviceError) as gone:
            open_port(path, SerialLine())
        assert key_of(gone.value) == "not_there"
    assert key_of(DeviceInUse("another program holds the port", where="/dev/ttyUSB0", cure="Stop it.")) == "taken"


def test_an_enrolment_at_a_port_where_nobody_listens(free_port: int) -> None:
    with pytest.raises(CloudError) as refused:
        request = EnrolRequest(tid="T7K3M9Q2", code="0123456789", csr="x")
        ask(read_place(f"https://127.0.0.1:{free_port}"), ssl.create_default_context(), "/", request)
    assert key_of(refused.value) == "refused"


@pytest.mark.parametrize(("said", "key"), [
    ("https://x:1: refused, auth.denied: the code was used before. Ask for a new code", "code"),
    ("https://x:1: the server is not who it should be: self-signed certificate. Is this box's clock right?",
     "untrusted"),
    ("https://x:1: somebody else answers there: the certificate is another one", "fingerprint"),
    ("connected, but nothing was taken for 12 minutes; 4 rows wait. Call the cloud", "stuck"),
    ("3.5 percent are free. Free space or call the technician", "room"),
    ("this box's certificate ends on 2026-12-01 and was not renewed", "ends"),
    ("somebody is served at the counter", "served"), ("somebody is being served at the counter", "served"),
    ("its door is open", "stands_open"), ("somebody uses this cell now", "cell_used"),
    ("a parcel is in it: name it", "holds_parcel"),
    ("power was lost while printing", "power"),
    ("/dev/input/event3: no permission to read the scanner. Add the service's user", "rights"),
    ("tcp://192.168.1.9:9100: cannot connect: timed out. Is it switched on?", "late"),
])  # fmt: skip
def test_what_the_terminal_says_of_itself_is_known(said: str, key: str) -> None:
    assert key_of(said) == key


def marked(text: str) -> Iterator[str]:
    """What stands on a page marked as English."""
    yield from re.findall(r'<p class="hint" lang="en">([^<]*)</p>', text)


def test_a_reason_stands_in_the_readers_language_and_what_was_said_beside_it_is_marked() -> None:
    page = with_password()
    reason = "/dev/ttyUSB0: another program holds the port. Stop that program."
    printer = DeviceState("receipt_printer", "printer_escpos", "offline", reason)
    troubles = (
        Problem("disk.tight", "disk", "3 percent are free. Free space or call the technician", STATE.at),
        Problem("file.left_out", "left out", "stands.toml line 7: no such key", STATE.at),
    )  # fmt: skip
    page.state = replace(STATE, devices=(printer,), troubles=troubles)
    with served(page) as browser:
        browser.log_in()
        devices = browser.get("/devices").text
        assert "别的程序占着它" in devices and list(marked(devices)) == [reason]
        first = browser.get("/").text
        assert "存储只剩 3%" in first and list(marked(first)) == ["stands.toml line 7: no such key"]
        fix = browser.get("/fix?kind=disk.tight&what=disk").text
        assert "存储只剩 3%" in fix and len(list(marked(fix))) == 1
        commands = browser.get("/commands").text
        assert "测试：钱箱" in commands and "打印机没准备好" in commands and list(marked(commands)) == [GIVEN.why]
        assert f'<code class="hint">{GIVEN.type}</code>' in commands
        assert '卖出一单 <code class="hint">sale.completed</code>' in browser.get("/live").text


def test_every_record_and_every_command_has_a_name(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(SHOP, encoding="utf-8")
    terminal = build(load_settings(tmp_path / "shop.toml", load_driver), Outside())
    with closing(terminal):
        (commands,) = {one.__self__ for one in terminal.bus._handlers[PageOrder]}  # type: ignore[attr-defined]
        ordered = {*commands._at_page, *commands._carried_out, *KINDS}
    assert {"price.set", "cell.out", "locker.open", "backup.make"} <= ordered and len(ordered) > 50
    for kind in (*CLOSED_LIST, *ordered):
        assert SAID.has(f"type.{kind}"), kind
    known = {f"type.{kind}" for kind in (*CLOSED_LIST, *ordered)}
    assert {key for key in read_page_words() if key.startswith("type.")} - known <= {
        "type.account.pin", "type.account.remove", "type.parcel.grant", "type.trust.update", "type.payment.received",
        "type.hotspot.raise", "type.hotspot.drop",
    }  # fmt: skip
