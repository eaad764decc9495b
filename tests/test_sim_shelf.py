"""A settings file may name `sim://` ports: `edge run` and `edge check` plug simulated devices in."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.__main__ import main

SHOP = """
[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
data_dir = "./data"
[devices.counter_scanner]
driver = "scanner_serial"
port = "sim://scanner"
[devices.receipt_printer]
driver = "printer_escpos"
port = "sim://printer"
[devices.customer_display]
driver = "line_display"
port = "sim://display"
kind = "led8"
"""


def test_every_simulated_device_of_a_settings_file_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shop.toml").write_text(SHOP)
    assert main(["check", "--config", str(tmp_path / "shop.toml")]) == 0
    said = capsys.readouterr().out
    assert "receipt_printer: there, ready" in said
    assert "devices: 3 of 3 there" in said


def test_a_device_that_is_not_plugged_in_is_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shop.toml").write_text(SHOP.replace('"sim://scanner"', '"/dev/nothing-here"'))
    assert main(["check", "--config", str(tmp_path / "shop.toml")]) == 0
    assert "warning: counter_scanner" in capsys.readouterr().out
