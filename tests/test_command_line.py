"""The command line: what a person types wrong is said in a sentence with exit code 2, and nothing happens."""

from __future__ import annotations

import http.client
import json
import os
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA, CounterBench

from edge.__main__ import main
from edge.channel import open_port
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.errors import SettingsError
from edge.messages import Started
from edge.outside import Outside
from edge.ports import SerialLine
from edge.sim.scanner import SerialScannerModel
from edge.sim.wiring import PtyHost
from edge.store.disk import Disk, Space

SHOP = """[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
data_dir = "./data"
"""
PRINTER = """[devices.{name}]
driver = "printer_escpos"
port = "file://{folder}/{name}.bin"
"""
GOODS = "gtin,name,price_fen,unit\n6901234567892,矿泉水,200,瓶\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "shop.toml"
    path.write_text(SHOP)
    return path


def test_a_second_terminal_on_the_same_folder_is_refused_and_the_first_sells_on(config: Path) -> None:
    first = build(load_settings(config, load_driver))
    with pytest.raises(SettingsError, match="another terminal is running on this folder"):
        build(load_settings(config, load_driver))
    first.bus.post(Started())
    first.bus.run_pending()
    first.close()
    build(load_settings(config, load_driver)).close()


def test_a_second_receipt_printer_is_refused_with_its_line(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(SHOP + PRINTER.format(name="one", folder=tmp_path) + PRINTER.format(name="two", folder=tmp_path))
    assert main(["check", "--config", str(config)]) == 2
    assert "line 8: there can be one receipt printer only" in capsys.readouterr().err
    with pytest.raises(SettingsError):
        build(load_settings(config, load_driver))


def test_a_second_scale_is_refused_with_its_line(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scale = '[devices.{}]\ndriver = "scale_serial"\nport = "/dev/null"\nprotocol = "cas"\n'
    config.write_text(SHOP + scale.format("one") + scale.format("two"))
    assert main(["check", "--config", str(config)]) == 2
    assert (
        "there can be one scale only, expected [devices.one] alone, got also [devices.two]" in capsys.readouterr().err
    )


def test_a_second_speaker_is_refused_with_its_line(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    speaker = '[devices.{}]\ndriver = "speaker"\nport = "alsa://default"\n'
    config.write_text(SHOP + speaker.format("one") + speaker.format("two"))
    assert main(["check", "--config", str(config)]) == 2
    assert "there can be one speaker only, expected [devices.one] alone" in capsys.readouterr().err


def test_a_terminal_whose_port_is_taken_sells_and_its_problems_say_why(config: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        config.write_text(f'{SHOP}[web]\nbind = "127.0.0.1:{taken}"\n')
        terminal = build(load_settings(config, load_driver))
        terminal.start()
        assert terminal.snapshot is not None and terminal.snapshot.ready
        (trouble,) = terminal.snapshot.troubles
        assert trouble.kind == "page.closed"
        assert f"port {taken} of 127.0.0.1: Address already in use; another program has it" in trouble.detail
        terminal.close()


@pytest.mark.parametrize(
    "table", ['[voice]\npack = "words"\n', '[promotions]\nfile = "offers.toml"\ncoupon_keys = "keys"\n']
)
def test_a_start_with_a_wrong_file_of_the_shop_is_no_power_cut(config: Path, table: str) -> None:
    build(load_settings(config, load_driver)).close()
    (config.parent / "offers.toml").write_text("")
    config.write_text(SHOP + table)
    with pytest.raises(SettingsError):
        build(load_settings(config, load_driver))
    config.write_text(SHOP)
    after = build(load_settings(config, load_driver))
    assert after.ledger.clean
    after.close()


class CrowdedDisk(Disk):
    """No room for a ledger while the ballast lies there."""

    ballast_octets = 4096

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def space(self, folder: Path) -> Space:
        return Space(total=100_000_000, free=0 if self._ballast.exists() else 60_000_000)

    def connect(self, address: Path, **options: Any) -> sqlite3.Connection:
        if self._ballast.exists():
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
            raise error
        return super().connect(address, **options)


def test_a_disk_that_is_full_at_the_start_costs_the_ballast_and_not_the_shop(config: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    (data / "ballast").write_bytes(bytes(4096))
    terminal = build(load_settings(config, load_driver), Outside(disk=CrowdedDisk(data)))
    assert not (data / "ballast").exists()
    terminal.bus.post(Started())
    terminal.bus.run_pending()
    assert terminal.health.ready
    terminal.close()


def test_verify_before_the_first_start_finds_nothing_wrong(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "goods.csv").write_text(GOODS)
    assert main(["catalogue", "import", "--config", str(config), str(tmp_path / "goods.csv")]) == 0
    assert main(["journal", "--config", str(config), "--verify"]) == 0
    assert "whole: 0 rows" in capsys.readouterr().out


def test_journal_of_a_shop_that_never_ran_says_so(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "--config", str(config)]) == 1
    assert "there is no ledger yet" in capsys.readouterr().err


def test_a_receipt_that_there_is_not_names_the_newest(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = CounterBench(tmp_path / "data")
    words = ["receipt", "--config", str(config), "261123-1-0003", "--png", str(tmp_path / "receipt.png")]
    assert main(words) == 1
    assert "one that was sold; there is none yet" in capsys.readouterr().err
    shop.sell(COLA)
    shop.sell(COLA)
    assert main(words) == 1
    assert "expected a number such as 261123-1-0002, the newest, got 261123-1-0003" in capsys.readouterr().err
    assert main(["receipt", "--config", str(config), "261123-1-0002", *words[-2:]]) == 0


@pytest.mark.parametrize("since", ["-1", "99999999999999999999", "one"])
def test_a_wrong_journal_number_is_a_usage_error(config: Path, since: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["journal", "--config", str(config), f"--since={since}"])
    assert left.value.code == 2
    assert "expected a journal number" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["0", "-1", "65535", "99999", "eighty"])
def test_a_port_that_does_not_exist_is_a_usage_error_of_the_demo(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", f"--port={port}"]) == 2
    assert "expected a port" in capsys.readouterr().err


def test_a_mode_that_does_not_exist_names_the_modes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", "scan", "6901234567892", "--mode", "nonsense"]) == 2
    assert "price_check" in capsys.readouterr().err


def test_decode_names_the_digit_that_was_read_and_the_right_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", "scan", "6901234567893"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["problem"] == "the check digit of this GTIN-13 is wrong: expected 2, got 3"


@pytest.mark.parametrize("port", ["tcp://printer:99999", "tcp://[::1", "tcp://printer", "tcp://"])
def test_an_address_that_is_none_is_a_warning_in_words(
    config: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(f'{SHOP}[devices.printer]\ndriver = "printer_escpos"\nport = "{port}"\n')
    assert main(["check", "--config", str(config)]) == 0
    assert "this is not an address" in capsys.readouterr().out


def test_a_port_that_the_running_terminal_holds_is_no_trouble(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with PtyHost(SerialScannerModel(), tmp_path / "scanner") as host:
        config.write_text(f'{SHOP}[devices.scanner]\ndriver = "scanner_serial"\nport = "{host.link}"\n')
        held = open_port(str(host.link), SerialLine())
        assert main(["check", "--config", str(config)]) == 0
        assert "another program holds the port. Stop that program." in capsys.readouterr().out
        terminal = build(load_settings(config, load_driver))
        assert main(["check", "--config", str(config)]) == 0
        told = capsys.readouterr().out
        assert "scanner: in use by the terminal that runs; its page says how it is" in told
        assert "devices: 0 of 1 there, 1 in use by the terminal that runs\n" in told
        held.close()
        terminal.close()
        assert main(["check", "--config", str(config)]) == 0
        assert "devices: 1 of 1 there\n" in capsys.readouterr().out


def test_a_flood_of_bytes_for_a_pin_is_cut_off(config: Path) -> None:
    config.write_text(f'{SHOP}[web]\nbind = "127.0.0.1:0"\n')
    terminal = build(load_settings(config, load_driver))
    terminal.start()
    assert terminal.web is not None
    connection = http.client.HTTPConnection("127.0.0.1", int(terminal.web.url.rstrip("/").rsplit(":", 1)[1]), timeout=5)
    try:
        connection.request("POST", "/login", b"password=" + b"A" * 100_000)
        assert connection.getresponse().status == 413
    finally:
        connection.close()
        terminal.close()


def test_a_code_that_is_no_utf8_is_shown_as_its_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    main(["decode", "scan", os.fsdecode("合计 ".encode() + b"\xff")])
    assert json.loads(capsys.readouterr().out)["text"] == "合计 \udcff"


@pytest.mark.parametrize(
    ("protocol", "events"),
    [
        ("time", '[{"sync_mono": 160.0, "sync_wall": "2026-11-23T10:01:00Z"}]'), ("time", "[" * 10_000),
        ("evdev", "[" * 10_000), ("evdev", "[[1e999, 1]]"),
    ],
)  # fmt: skip
def test_a_list_that_holds_no_such_events_is_told_so(
    protocol: str, events: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decode", "frame", protocol, events]) == 1
    assert "not a list of such events" in json.loads(capsys.readouterr().out)["why"]
