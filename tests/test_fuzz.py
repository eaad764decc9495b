"""Every reader of foreign bytes against a few hundred hostile inputs; `make fuzz` tries a hundred thousand of each."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fuzz_run import ALL, Broke, cases_of, feed, run
from fuzz_target import Read, Target
from fuzz_targets import PARSERS
from fuzz_writes_only import WRITES_ONLY

import edge.codec
from edge.errors import CodecError

CASES = int(os.environ.get("EDGE_FUZZ_CASES", "300"))
SEED = int(os.environ.get("EDGE_FUZZ_SEED", "1"))

FOUND = {
    "an unsynced list without a moment": ("event_list.time", b'[{}, {"sync_mono": 160.0, "sync_wall": "2026-11-23"}]'),
    "a list of events ten thousand deep": ("event_list.evdev", b"[" * 10_000),
    "a basket with an infinite value": ("basket.counter", b'{"waiting":"confirm","verb":"cash","value":Infinity}'),
    "a basket whose value has no verb": ("basket.counter", b'{"waiting":"confirm","value":90000}'),
    "a slip with half a character in a QR code": ("slip_text", b'[["qr","\\ud800"]]'),
    "a Host that begins a bracket": ("web_page", b"GET\0/health\0[::1\0\0\0"),
    "an Origin that begins a bracket": ("web_page", b"POST\0/logout\0localhost\0http://[\0\0"),
    "a code that is no UTF-8": ("command_line", b"decode scan '\xe5\x90\x88\xff'"),
    "a page of the journal that is damaged": ("ledger_file", bytes.fromhex("21000081")),
    "two pages of the journal that are damaged": ("ledger_file", bytes.fromhex("002f2f004090006000020000fa")),
    "a print job whose text is no UTF-8": ("ledger_file", bytes.fromhex(
        "8e2516d0f284fe61e9d5cbdd7791618f3bfcba5452a4b7d42b16685a5a6406bdf9e1231371fb5194c0db"
    )),
    "a basket's row that is no text": (
        "ledger_file", bytes.fromhex("45f418e2821d1fdb651d1aa874147a20332c418a2f2c282691deb0c7c7e1beb01d886ae9add0")
    ),
    "rows of the journal in a wrong order, without an end": (
        "ledger_file", bytes.fromhex("00729242009780400144a58701600d07016c00b4")
    ),
    "a table of sales whose index hides a number": ("ledger_file", bytes.fromhex(
        "fd1191216358592b0573182e349c3bdf9a2648c04ed13a6889b1e9b4634c8320d21e4c6c099e6b1adfeb87994f04b2a138072fdfc863c7e7"
        "bb440c8f3b90413ea270f1e1ceb130fdc7e2fcca"
    )),
}  # fmt: skip
"""Inputs that once did harm, by what they are: the target, the bytes."""

REFUSED = {
    "an unsynced list without a moment",
    "a list of events ten thousand deep",
    "a basket with an infinite value",
    "a slip with half a character in a QR code",
}
"""Of these a reader says that they are wrong; with the others the part goes on, as its target checks."""


@pytest.mark.parametrize("name", ALL)
def test_hostile_input_ends_in_an_error_of_ours_or_none(name: str) -> None:
    outcome = run(ALL[name], seed=SEED, cases=cases_of(ALL[name], CASES))
    assert outcome.cases == cases_of(ALL[name], CASES)


@pytest.mark.parametrize("what", FOUND)
def test_what_once_did_harm_is_refused_or_coped_with(what: str, tmp_path: Path) -> None:
    name, octets = FOUND[what]
    assert feed(ALL[name], octets, tmp_path) is (what in REFUSED)


def test_every_module_of_the_codec_is_fuzzed_or_reads_nothing() -> None:
    modules = {module.name for module in pkgutil.iter_modules(edge.codec.__path__)}
    fuzzed = {target.name.partition(".")[0] for target in PARSERS}
    missing = modules - fuzzed - WRITES_ONLY.keys()
    assert not missing, f"add a target to tests/fuzz_targets.py, or say in WRITES_ONLY why none is needed: {missing}"
    assert WRITES_ONLY.keys() <= modules - fuzzed, f"take out of WRITES_ONLY: {WRITES_ONLY.keys() - (modules - fuzzed)}"


def test_a_failure_names_target_seed_and_input_and_how_to_see_it_again() -> None:
    with pytest.raises(Broke) as broke:
        run(Target("brittle", brittle, (b"abc",), (CodecError,)), seed=7, cases=500)
    text = str(broke.value)
    assert "brittle broke: KeyError" in text
    assert "allowed: CodecError" in text
    again = text.split("again: ")[1].split()
    assert again[:3] == [".venv/bin/python", "tests/fuzz_run.py", "brittle"]
    with pytest.raises(Broke, match="KeyError"):
        run(Target("brittle", brittle, (b"abc",), (CodecError,)), seed=7, first=int(again[-1]), cases=1)


def test_a_case_without_an_end_is_a_failure() -> None:
    with pytest.raises(Broke, match="endless broke: Endless"):
        run(Target("endless", endless, (b"",), (CodecError,)), seed=1, cases=1, limit_s=0.05)


def test_an_error_that_is_allowed_is_counted() -> None:
    outcome = run(Target("brittle", brittle, (b"abc",), (CodecError, KeyError)), seed=7, cases=500)
    assert 0 < outcome.refused < 500


@contextmanager
def endless(_: Path) -> Iterator[Read]:
    """A reader that goes round in a circle, and holds on to it."""

    def read(octets: bytes) -> None:
        while octets:
            try:
                octets = octets[::-1]
            except Exception:
                octets = b"again"

    yield read


@contextmanager
def brittle(_: Path) -> Iterator[Read]:
    """A reader that knows no z."""

    def read(octets: bytes) -> None:
        if b"z" in octets or octets[:1] > b"\xe0":
            raise KeyError("z")

    yield read
