"""Sessions over a planned start: in memory, once, and only what this very process left."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from own_page_bench import PASSWORD, HandClock, with_password

from edge.cli.handover import VARIABLE, handed_over
from edge.model.account import Account, Role
from edge.web.handed_sessions import pack_sessions, unpack_sessions
from edge.web.login import IDLE_S, Gate

TWO_LIVES = """\
import os, sys
from edge.cli.handover import hand_over, handed_over
found = handed_over()
if not found:
    hand_over(b"what one life leaves")
    os.execv(sys.executable, sys.orig_argv)
print(found.decode(), handed_over() == b"", len(os.listdir("/proc/self/fd")))
"""


def _gate(handed: bytes, clock: HandClock, accounts: dict[str, Account]) -> Gate:
    return Gate(clock, accounts.get, lambda name, source: None, unpack_sessions(handed))


def test_what_one_life_leaves_the_next_one_has_once_and_no_file_stays_open() -> None:
    bare = [sys.executable, "-c", 'import os; print(len(os.listdir("/proc/self/fd")))']
    files = subprocess.run(bare, capture_output=True, text=True, check=True).stdout.strip()
    lives = subprocess.run([sys.executable, "-c", TWO_LIVES], capture_output=True, text=True, check=True)
    assert lives.stdout.split() == ["what", "one", "life", "leaves", "True", files]


@pytest.mark.parametrize("number", ["0", "", "-1", "9999", "x", "1e3", "٣"])
def test_a_number_that_is_no_such_memory_is_nothing(monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    monkeypatch.setenv(VARIABLE, number)
    assert handed_over() == b"" and VARIABLE not in os.environ


def test_who_was_logged_in_is_so_after_a_planned_start_until_the_password_is_another_or_time_is_over() -> None:
    page, clock = with_password(), HandClock()
    accounts = page.accounts
    gate = _gate(b"", clock, accounts)
    token = gate.enter("technician", PASSWORD, "192.0.2.7")
    left = gate.session(token)
    assert left is not None
    octets = pack_sessions(gate.living())

    after = _gate(octets, clock, accounts).session(token)
    assert after is not None and after.account is Role.TECHNICIAN and after.is_own(left.csrf)
    accounts["technician"] = Account(Role.TECHNICIAN, "another", printed=False)
    assert _gate(octets, clock, accounts).session(token) is None
    accounts["technician"] = Account(Role.TECHNICIAN, left.hash, printed=False)
    clock.now += IDLE_S + 1
    assert _gate(octets, clock, accounts).session(token) is None


@pytest.mark.parametrize("octets", [b"{}", b"[{}]", b"\xff", b'[{"token": 7}]', b"["])
def test_what_nobody_packed_logs_nobody_in(octets: bytes) -> None:
    assert list(unpack_sessions(octets)) == []
