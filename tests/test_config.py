"""The settings file: what the issue fixes, and what a person is told when a line is wrong."""

from __future__ import annotations

import gc
from datetime import time
from pathlib import Path
from types import FrameType
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from edge.config import Settings, device_settings, load_settings, sources
from edge.config_tables import Cloud, Language, QuantityHabit, ReceiptRule
from edge.config_web import Web
from edge.errors import SettingsError
from edge.model.money import Rounding
from edge.settings_table import WrongSettings, meant_or_known, validate_table
from edge.toml_file import MAX_OCTETS, TomlFile

ISSUE = """\
[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
data_dir = "./data"
language = "zh-CN"
time_zone = "Asia/Shanghai"
[cloud]
url = "mqtt://127.0.0.1:1883"      # mqtts:// with ca_file, cert_file, key_file
[web]
bind = "127.0.0.1:8080"
[devices.counter_scanner]
driver = "scanner_serial"
port = "/dev/ttyACM0"              # any pyserial URL, a pty, sim://…
[devices.receipt_printer]
driver = "printer_escpos"
port = "tcp://127.0.0.1:9100"      # or /dev/usb/lp0, /dev/ttyUSB0, file:///…, sim://…
paper_width_mm = 58
[devices.customer_display]
driver = "line_display"
port = "/dev/ttyUSB1"
kind = "cd5220"
"""
SHORT = '[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "data"\n'


class ScannerSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    port: str


class PrinterSettings(ScannerSettings):
    paper_width_mm: Literal[58, 80] = 58
    codepage: int = Field(15, ge=0, le=255)
    drawer: bool = True


class DisplaySettings(ScannerSettings):
    kind: str


DRIVERS: dict[str, type[BaseModel]] = {
    "scanner_serial": ScannerSettings,
    "printer_escpos": PrinterSettings,
    "line_display": DisplaySettings,
}


def load_driver(name: str) -> type[BaseModel]:
    if name not in DRIVERS:
        raise SettingsError(f"unknown driver '{name}', {meant_or_known(name, DRIVERS)}")
    return DRIVERS[name]


def load(folder: Path, text: str | bytes) -> Settings:
    path = folder / "shop.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_settings(path, load_driver)


def complaint(folder: Path, text: str | bytes) -> str:
    """What a person reads, the folder left out."""
    with pytest.raises(SettingsError) as caught:
        load(folder, text)
    return str(caught.value).replace(f"{folder}/", "")


def terminal(line: str) -> str:
    return SHORT + line + "\n"


def test_the_file_of_the_issue_is_read(tmp_path: Path) -> None:
    settings = load(tmp_path, ISSUE)
    assert settings.terminal.tid == "T7K3M9Q2"
    assert settings.terminal.data_dir == tmp_path / "data"
    assert settings.terminal.language is Language.CHINESE
    assert settings.terminal.zone.key == "Asia/Shanghai"
    assert settings.cloud is not None and (settings.cloud.host, settings.cloud.port) == ("127.0.0.1", 1883)
    assert settings.web is not None and (settings.web.host, settings.web.port) == ("127.0.0.1", 8080)
    assert [device.driver for device in settings.devices.values()] == [
        "scanner_serial", "printer_escpos", "line_display",
    ]  # fmt: skip
    assert settings.devices["receipt_printer"].settings == PrinterSettings(port="tcp://127.0.0.1:9100")


def test_defaults_are_those_of_the_decisions(tmp_path: Path) -> None:
    settings = load(tmp_path, SHORT)
    assert settings.terminal.till == "1"
    assert settings.terminal.rounding is Rounding.NONE
    assert settings.terminal.day_starts == time(4)
    assert settings.terminal.quantity is QuantityHabit.AFTER_SCAN
    assert settings.terminal.open_price_limit_fen == 50_000
    assert settings.terminal.double_read_ms == 400
    assert settings.terminal.shop == "S-1"
    assert settings.receipt.print is ReceiptRule.ALWAYS
    assert settings.cloud is None and settings.web is None and not settings.devices


def test_every_setting_of_the_terminal_can_be_given(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        terminal(
            'shop_name = "老王便利店"\ntill = "12"\nrounding = "jiao"\nday_starts = 05:30:00\n'
            'quantity = "before_scan"\nopen_price_limit_fen = 100\n[receipt]\nheader = ["欢迎光临"]'
        ),
    )
    assert settings.terminal.shop == "老王便利店"
    assert settings.terminal.day_starts == time(5, 30)
    assert settings.terminal.quantity is QuantityHabit.BEFORE_SCAN
    assert settings.receipt.header == ("欢迎光临",)


def test_relative_paths_start_from_the_folder_of_the_file(tmp_path: Path) -> None:
    text = (
        SHORT + '[cloud]\nurl = "mqtts://mq.example"\nca_file = "k/ca.pem"\ncert_file = "/c.pem"\nkey_file = "k.pem"\n'
    )
    cloud = load(tmp_path, text).cloud
    assert cloud is not None and cloud.tls and cloud.port == 8883
    assert (cloud.ca_file, cloud.cert_file) == (tmp_path / "k/ca.pem", Path("/c.pem"))


def test_a_misspelled_key_is_answered_with_file_line_and_the_key_that_was_meant(tmp_path: Path) -> None:
    assert complaint(tmp_path, ISSUE.replace("paper_width_mm", "paper_widht_mm")) == (
        "shop.toml line 17: unknown setting 'paper_widht_mm' in [devices.receipt_printer], "
        "did you mean 'paper_width_mm'?"
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('tide = "x"', "line 5: unknown setting 'tide' in [terminal], did you mean 'tid'?"),
        ("xyzzy = 1", "line 5: unknown setting 'xyzzy' in [terminal], known are: data_dir, day_starts,"),
        ("till = 1", 'line 5: \'till\' in [terminal] is wrong, expected "1" to "99", in quotes, got 1'),
        ('till = "0"', 'expected "1" to "99", in quotes, got "0"'),
        ('rounding = "up"', '\'rounding\' in [terminal] is wrong, expected "none", "fen" or "jiao", got "up"'),
        ('language = "de"', 'expected "zh-CN" or "en", got "de"'),
        ('time_zone = "Asia/Shanghi"', 'not known, expected a name such as Asia/Shanghai, got "Asia/Shanghi"'),
        ('time_zone = "Asia"', 'got "Asia"'),
        ('time_zone = "../etc/passwd"', "this time zone is not known"),
        ('time_zone = ""', "this time zone is not known"),
        ('day_starts = "4 Uhr"', 'expected hours and minutes, such as "04:00", got "4 Uhr"'),
        ('day_starts = "04:00:30"', "expected hours and minutes of the shop's own clock"),
        ('day_starts = "04:00Z"', "expected hours and minutes of the shop's own clock"),
        ('quantity = "timer"', 'expected "after_scan" or "before_scan", got "timer"'),
        ("double_read_ms = 1001", "expected milliseconds, 0 to 1000: the same code within this time is read once"),
        ("double_read_ms = -1", "expected milliseconds, 0 to 1000"),
        ("open_price_limit_fen = 500.0", "expected fen, 1 to 99999999, got 500.0"),
        ('open_price_limit_fen = "500"', 'expected fen, 1 to 99999999, got "500"'),
        ("open_price_limit_fen = true", "got true"),
        ("open_price_limit_fen = 0", "got 0"),
        ("open_price_limit_fen = 9999999999999999999999999", "expected fen, 1 to 99999999"),
        (f"open_price_limit_fen = 0x{'f' * 9000}", "line 1: a value in [terminal] is too long a number"),
        ("open_price_limit_fen = nan", "line 5: 'open_price_limit_fen' in [terminal] is wrong"),
        ('shop_name = "a\\u0007b"', "line 5: 'shop_name' in [terminal] is wrong, expected 1 to 32 characters"),
        ('[receipt]\nheader = ["1","2","3","4","5","6","7","8","9"]', "line 6: 'header' in [receipt] is wrong"),
        ('[receipt]\nheader = ["ok", 7]', "line 6: 'header.1' in [receipt] is wrong, expected text in quotes, got 7"),
        ('[receipt]\nprint = "maybe"', 'expected "always", "on_request" or "never", got "maybe"'),
        ("[clod]", "line 5: unknown table [clod], did you mean 'cloud'?"),
        ("[cloud]", "line 5: the setting 'url' is missing in [cloud], expected mqtt://host:port or mqtts://host:port"),
        ('[cloud]\nurl = "http://x"', "line 6: 'url' in [cloud]: expected mqtt://host:port or mqtts://host:port, got"),
        ('[cloud]\nurl = "mqtt://x:99999"', "expected mqtt://host:port"),
        ('[cloud]\nurl = "mqtt://x:0"', "expected mqtt://host:port"),
        ('[cloud]\nurl = "mqtt://user:secret@x"', "expected mqtt://host:port"),
        ('[cloud]\nurl = "mqtt://[zz]"', "expected mqtt://host:port"),
        ('[cloud]\nurl = "mqtts://x"\nca_file = "a"\nkey_file = "b"',
         "line 5: [cloud] mqtts:// needs all of ca_file, cert_file and key_file, or none where the box was enrolled"),
        ('[cloud]\nurl = "mqtt://x"\nca_file = "a"', "are for mqtts://, and the url is mqtt://, not encrypted"),
        ('[cloud]\nurl = "mqtt://x"\ntopic_prefix = "a/#"', "'topic_prefix' in [cloud] is wrong, expected 1 to 4"),
        ('[cloud]\nurl = "mqtt://x"\nmax_payload = 64001', "expected octets of one message, 4000 to 64000, got 64001"),
        ('[web]\nbind = "till.lan:443"', "line 6: 'bind' in [web]: this is no address of a box, expected"),
        ('[web]\nbind = "[zz]:443"', 'expected address:port, such as 127.0.0.1:8080 or 0.0.0.0:443, got "[zz]:443"'),
        ('[web]\nbind = "[12:3]:443"', "this is no address of a box"),
        ('[web]\nbind = "300.1.1.1:443"', "this is no address of a box"),
        ('[web]\nbind = ":8080"', "expected address:port"),
        ('[web]\nbind = "127.0.0.1"', "expected address:port"),
        ('[web]\nbind = "127.0.0.1:70000"', "expected address:port"),
        ('[web]\nname = "收银.lan"', "this is no name of a host, expected letters, digits, - and dots"),
        ('[web]\nname = "192.168.1.5"', "this is no name of a host"),
        ('[web]\nname = "till_1.lan"', "this is no name of a host"),
        ('[web]\nredirect = 80', "redirect leads to HTTPS, and bind is this machine alone, in plain HTTP"),
        ('[web]\nredirect = "80"', "expected a port, such as 80, that leads from plain HTTP to HTTPS"),
        ('[web]\nbind = "0.0.0.0:443"\nredirect = 443', "redirect and bind are the same port"),
        ('[web]\nbind = "0.0.0.0:443"\nservice = "10.11.12.1"', "expected redirect = 80 beside it"),
        ('[web]\nbind = "0.0.0.0:443"\nredirect = 80\nservice = "8.8.8.8"', "is for a private address of the box"),
        ('[web]\nbind = "0.0.0.0:443"\nredirect = 80\nservice = "0.0.0.0"', "is for a private address of the box"),
        ('[web]\nmdns = "yes"', "expected true or false: whether the shop's network is told the name TID.local"),
        ("[devices]\nx = 1", "line 6: 'devices.x' is not a table, expected [devices.x] on a line of its own"),
        ("[devices.x]", "line 5: the setting 'driver' is missing in [devices.x], expected the name of a driver"),
        ('[devices.x]\ndrivr = "line_display"', "unknown setting 'drivr' in [devices.x], did you mean 'driver'?"),
        ('[devices.x]\ndriver = "../evil"', "line 6: 'driver' in [devices.x] is wrong, expected the name of a driver"),
        ('[devices.x]\ndriver = "line_displya"', "line 6: unknown driver 'line_displya', did you mean 'line_display'?"),
        ('[devices."Drucker 1"]', 'line 5: this is not a name for a device, expected small letters, digits and _'),
        ('[devices.p]\ndriver = "printer_escpos"\npaper_width_mm = 60\nport = "x"',
         "line 7: 'paper_width_mm' in [devices.p] is wrong, expected 58 or 80, got 60"),
        ('[devices.p]\ndriver = "printer_escpos"\ncodepage = 256\nport = "x"',
         "line 7: 'codepage' in [devices.p] is wrong, expected 255 or less, got 256"),
        ('[devices.p]\ndriver = "printer_escpos"\ncodepage = "15"\nport = "x"', 'expected a whole number, got "15"'),
        ('[devices.p]\ndriver = "printer_escpos"\ndrawer = 1\nport = "x"', "expected true or false, got 1"),
        ('[devices.p]\ndriver = "printer_escpos"', "line 5: the setting 'port' is missing in [devices.p]"),
        ("[terminal2\n", "line 5 column 11: this is not TOML: Expected ']' at the end of a table declaration"),
        ('till = "1"\ntill = "2"', "line 6 column 11: this is not TOML: Cannot overwrite a value"),
        ("x = [", "line 6: this is not TOML"),
        (f"x = {'[' * 5000}", "brackets are nested too deeply"),
        (f"x = {'9' * 5000}", "this is not TOML"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_told_with_its_place_and_what_was_expected(tmp_path: Path, line: str, told: str) -> None:
    text = complaint(tmp_path, terminal(line))
    assert text.startswith("shop.toml")
    assert told in text


def test_a_key_outside_its_table_is_sent_home(tmp_path: Path) -> None:
    assert complaint(tmp_path, 'tid = "T7K3M9Q2"\n' + SHORT) == (
        "shop.toml line 1: 'tid' stands outside its table, expected it below [terminal]"
    )


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    lines = complaint(
        tmp_path, '[terminal]\ntid = "x"\nstor = "S-1"\n[web]\nbind = 8080\n[devices.x]\n[fun]\n'
    ).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "shop.toml line 7", "shop.toml line 2", "shop.toml line 1", "shop.toml line 1", "shop.toml line 3",
        "shop.toml line 5", "shop.toml line 6",
    ]  # fmt: skip
    assert "the setting 'data_dir' is missing in [terminal], expected a folder" in lines[3]


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml: the file cannot be read: No such file"):
        load_settings(tmp_path / "nowhere.toml")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path)
    assert complaint(tmp_path, SHORT.encode() + b"# \xb5\xea\n") == (
        "shop.toml line 5: the text is not UTF-8, got byte 0xB5. Save the file as UTF-8."
    )
    assert "too large, expected at most 256 KiB" in complaint(tmp_path, b"#" * (MAX_OCTETS + 1))


def test_a_byte_order_mark_of_notepad_is_no_error(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbf" + SHORT.encode()).terminal.store == "S-1"


def test_loopback_in_each_of_its_spellings_is_plain_http_and_all_else_is_https() -> None:
    for bind, host in (("localhost:80", "localhost"), ("[::1]:8080", "::1"), ("127.0.0.5:0", "127.0.0.5")):
        web = Web(bind=bind)
        assert (web.host, web.port, web.tls) == (host, int(bind.rpartition(":")[2]), False)
    for bind in ("0.0.0.0:443", "192.168.1.5:8443", "[::]:443", "[fd00::2]:443"):
        assert Web(bind=bind).tls


def test_the_pages_names_are_small_letters_and_each_once() -> None:
    assert Web(name="Till.LAN").hosts("T7K3M9Q2") == ("t7k3m9q2.local", "till.lan", "localhost")
    assert Web(name="t7k3m9q2.local").hosts("T7K3M9Q2") == ("t7k3m9q2.local", "localhost")


def test_an_ipv6_broker_is_an_address() -> None:
    cloud = Cloud(url="mqtt://[fd00::1]:2000")
    assert (cloud.host, cloud.port) == ("fd00::1", 2000)


def test_a_document_is_checked_by_the_same_models_without_a_line(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings) as caught:
        validate_table(Web, {"bond": 1}, table=("web",), file=None)
    assert str(caught.value) == "unknown setting 'bond' in [web], did you mean 'bind'?"
    device = device_settings("scanner", {"driver": "scanner_serial", "port": "sim://s"}, load_driver)
    assert device.settings == ScannerSettings(port="sim://s")


def test_each_effective_value_says_where_it_comes_from(tmp_path: Path) -> None:
    found = {source.key: (source.value, source.source) for source in sources(load(tmp_path, ISSUE))}
    assert found["terminal.tid"] == ('"T7K3M9Q2"', f"{tmp_path}/shop.toml line 2")
    assert found["terminal.shop_name"] == ("not set", "default")
    assert found["terminal.day_starts"] == ('"04:00"', "default")
    assert found["devices.receipt_printer.driver"] == ('"printer_escpos"', f"{tmp_path}/shop.toml line 15")
    assert found["devices.receipt_printer.codepage"] == ("15", "default")


def test_lines_are_found_whatever_toml_allows() -> None:
    file = TomlFile(
        "f",
        '# [terminal]\n\n[ "a b" . \'c\' ] # x\nlong = """\n[no]\nk = 1\n"""\nlist = [\n "]", # ]\n {z = 1},\n]\n'
        "d.e = 2\n[[cells]]\nn = 1\n[[cells]]\nn = 2\n",
    )
    assert file.where(["a b", "c"]) == "f line 3"
    assert file.where(["a b", "c", "long"]) == "f line 4"
    assert file.where(["a b", "c", "list"]) == "f line 8"
    assert file.where(["a b", "c", "d", "e"]) == "f line 12"
    assert file.where(["cells", 1, "n"]) == "f line 16"
    assert file.where(["cells", 1, "absent"]) == "f line 15"
    assert file.where(["nothing"]) == "f"
    assert not file.has(["k"]) and not file.has(["no"])


_WORDS = ["[", "]", "[[", "]]", "{", "}", "=", ",", ".", "\n", '"', "'", '"""', "'''", "#", "\\", "1", "1.5",
          "1979-05-27", "04:00:00", "inf", "true", "terminal", "devices.x", "driver", "tid", "a b", "\x00", "店",
          "[terminal]\n", "[cloud]\n",          'url = "mqtt://x"\n', "\r\n", "0x", "_"]  # fmt: skip


@given(st.lists(st.sampled_from(_WORDS), max_size=30).map("".join) | st.text(max_size=80))
def test_garbage_raises_only_settings_errors(text: str) -> None:
    try:
        file = TomlFile("f", text)
    except SettingsError:
        return
    for key, value in file.tables.items():
        assert file.has([key])
        try:
            device_settings(key, value, load_driver, file=file)
            validate_table(Web, file.tables, table=(), file=file)
        except SettingsError as error:
            assert str(error)


@given(st.lists(st.sampled_from(_WORDS), max_size=30).map("".join))
def test_a_garbled_file_is_settings_or_a_settings_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "garbled.toml"
    path.write_text(SHORT + text, encoding="utf-8")
    try:
        settings = load_settings(path, load_driver)
    except SettingsError as error:
        assert str(error).startswith(str(path))
    else:
        assert list(sources(settings))


def test_what_was_wrong_is_forgotten_with_its_message(tmp_path: Path) -> None:
    """Whatever pydantic keeps of a refusal must not keep our frames alive, where no garbage collector finds them."""
    path = tmp_path / "wrong.toml"
    path.write_text(SHORT + '[web]\nbind = "till.lan:8080"\n', encoding="utf-8")

    def refused() -> int:
        with pytest.raises(WrongSettings, match="this is no address of a box"):
            load_settings(path, load_driver)
        gc.collect()
        return sum(isinstance(kept, FrameType) for kept in gc.get_objects())

    refused()
    before = refused()
    assert [refused() for _ in range(5)] == [before] * 5
