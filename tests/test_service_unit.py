"""The service unit keeps the promise that the terminal is started anew, whatever ended it and however often."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import pytest

UNIT = Path(__file__).resolve().parent.parent / "systemd" / "edge-terminal.service"


@pytest.fixture
def unit() -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # systemd's keys have capitals
    parser.read_string(UNIT.read_text(encoding="utf-8"))
    return parser


def test_it_is_started_anew_whatever_ended_it(unit: ConfigParser) -> None:
    assert unit["Service"]["Restart"] == "always"


def test_systemd_never_gives_up_on_it(unit: ConfigParser) -> None:
    """By default the sixth start within 10 s is the last: a disk that is full for a minute would end the shop's day."""
    assert unit["Unit"].get("StartLimitIntervalSec", "10") == "0"


def test_a_start_that_fails_at_once_leaves_the_machine_time_for_others(unit: ConfigParser) -> None:
    assert float(unit["Service"]["RestartSec"]) >= 1


def test_networkmanager_obeys_the_user_of_the_unit(unit: ConfigParser) -> None:
    rules = (UNIT.parent / "50-edge-terminal.rules").read_text(encoding="utf-8")
    assert f'subject.user === "{unit["Service"]["User"]}"' in rules
    assert '"org.freedesktop.NetworkManager.wifi.share.protected"' in rules


def test_each_name_in_the_boxs_own_wifi_is_the_address_that_its_page_is_told_to_have() -> None:
    (led,) = re.findall(r"^address=/#/(.+)$", (UNIT.parent / "edge-hotspot.conf").read_text(encoding="utf-8"), re.M)
    page = UNIT.parent.parent / "docs" / "technician-page.md"
    assert f'service = "{led}"' in page.read_text(encoding="utf-8")
