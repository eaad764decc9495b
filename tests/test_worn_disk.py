"""The worn disk really fails: Python's own calls and SQLite's, below its folder and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from worn_disk import ALWAYS, EIO, ENOSPC, Fault, WornDisk

FILES = """
import errno, os, sys, time
folder = sys.argv[1]
def tried(act):
    try:
        return str(act())
    except OSError as error:
        return errno.errorcode[error.errno]
file = os.open(folder + "/file", os.O_RDWR | os.O_CREAT)
calls = {
    "fsync": lambda: os.fsync(file), "fdatasync": lambda: os.fdatasync(file),
    "write": lambda: os.write(file, b"12345678"), "pwrite": lambda: os.pwrite(file, b"12345678", 100),
    "fallocate": lambda: os.posix_fallocate(file, 0, 4096),
}
begun = time.monotonic()
print(*(f"{name}={tried(call)}" for name, call in calls.items()))
print(time.monotonic() - begun, file=sys.stderr)
"""
"""Each call once; prints what came of it, and on stderr the seconds."""

WRITES = """
import os, sys
file = os.open(sys.argv[1] + "/file", os.O_RDWR | os.O_CREAT)
def tried():
    try:
        return os.write(file, b"12") and "."
    except OSError:
        return "X"
print("".join(tried() for _ in range(400)))
"""
LEDGER = """
import sqlite3, sys
shop = sqlite3.connect(sys.argv[1] + "/ledger.db", isolation_level=None)
shop.execute("PRAGMA journal_mode=WAL")
shop.execute("PRAGMA synchronous=FULL")
shop.execute("CREATE TABLE IF NOT EXISTS sale (n INTEGER PRIMARY KEY)")
print("open", flush=True)
while sys.stdin.readline():
    try:
        shop.execute("INSERT INTO sale DEFAULT VALUES")
        print("sold", flush=True)
    except sqlite3.Error as error:
        print(error.sqlite_errorname, flush=True)
"""
"""One sale for each line of its input."""

WELL = {"fsync": "None", "fdatasync": "None", "write": "8", "pwrite": "8", "fallocate": "None"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    below = tmp_path / "data"
    below.mkdir()
    return below


@pytest.fixture
def disk(folder: Path, tmp_path: Path) -> WornDisk:
    return WornDisk(folder, tmp_path / "shim", seed=1)


def call_each(disk: WornDisk, folder: Path) -> tuple[dict[str, str], float]:
    done = subprocess.run(
        [sys.executable, "-c", FILES, folder], env=disk.environment, capture_output=True, text=True, check=True
    )
    return dict(word.split("=") for word in done.stdout.split()), float(done.stderr)


def test_a_disk_without_orders_is_sound(disk: WornDisk, folder: Path) -> None:
    assert call_each(disk, folder)[0] == WELL
    assert disk.struck() == []


def test_a_sync_that_fails_says_so_to_python(disk: WornDisk, folder: Path) -> None:
    disk.order(sync=Fault(EIO, one_in=ALWAYS))
    assert call_each(disk, folder)[0] == WELL | {"fsync": "EIO", "fdatasync": "EIO"}
    assert disk.struck() == [("sync", "EIO", folder / "file")] * 2


@pytest.mark.parametrize(("error", "name"), [(EIO, "EIO"), (ENOSPC, "ENOSPC")])
def test_a_write_that_fails_leaves_half_of_it_behind(error: int, name: str, disk: WornDisk, folder: Path) -> None:
    disk.order(write=Fault(error, one_in=ALWAYS))
    assert call_each(disk, folder)[0] == WELL | {"write": name, "pwrite": name, "fallocate": name}
    assert disk.faults() == {f"write {name}": 3}
    assert (folder / "file").read_bytes() == b"1234" + bytes(96) + b"1234"


def test_only_the_call_that_was_named_fails(disk: WornDisk, folder: Path) -> None:
    disk.order(sync=Fault(EIO, at=2), write=Fault(ENOSPC, at=1))
    assert call_each(disk, folder)[0] == WELL | {"fdatasync": "EIO", "write": "ENOSPC"}


def test_a_slow_disk_takes_its_time_for_each_sync(disk: WornDisk, folder: Path) -> None:
    disk.order(sync_delay_ms=60)
    outcome, seconds = call_each(disk, folder)
    assert outcome == WELL
    assert seconds >= 2 * 0.060, "asked to wait twice, it cannot have been quicker"


def test_a_file_beside_the_folder_is_not_touched(disk: WornDisk, folder: Path) -> None:
    disk.order(sync=Fault(EIO, one_in=ALWAYS), write=Fault(EIO, one_in=ALWAYS))
    beside = folder.with_name(folder.name + "-and-more")
    beside.mkdir()
    assert call_each(disk, beside)[0] == WELL
    assert disk.struck() == []


def pattern(disk: WornDisk, folder: Path) -> str:
    """`X` for each of 400 writes that failed, `.` for each that did not."""
    done = subprocess.run(
        [sys.executable, "-c", WRITES, folder], env=disk.environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_chance_strikes_as_often_as_was_ordered_and_the_same_way_for_the_same_seed(
    folder: Path, tmp_path: Path
) -> None:
    seen = []
    for name, seed in (("one", 1), ("twin", 1), ("other", 2)):
        disk = WornDisk(folder, tmp_path / name, seed=seed)
        disk.order(write=Fault(EIO, one_in=10))
        seen.append(pattern(disk, folder))
        assert disk.faults() == {"write EIO": seen[-1].count("X")}
    assert seen[0] == seen[1] != seen[2]
    assert all(20 <= each.count("X") <= 60 for each in seen), "40 are expected of 400"


class Shop:
    """A ledger in a process that lives on while its disk changes."""

    def __init__(self, disk: WornDisk, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", LEDGER, folder], env=disk.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, bufsize=1,
        )  # fmt: skip
        assert self._answer() == "open"

    def sell(self) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        return self._answer()

    def close(self) -> None:
        self._process.communicate()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@pytest.fixture
def shop(disk: WornDisk, folder: Path) -> Iterator[Shop]:
    shop = Shop(disk, folder)
    yield shop
    shop.close()


@pytest.mark.parametrize(
    ("kind", "error", "told"),
    [
        ("sync", EIO, "SQLITE_IOERR_FSYNC"),
        ("write", EIO, "SQLITE_IOERR_WRITE"),
        ("write", ENOSPC, "SQLITE_FULL"),
    ],
)
def test_sqlite_feels_the_disk_while_it_runs_and_sells_on_once_it_is_sound(
    kind: str, error: int, told: str, shop: Shop, disk: WornDisk, folder: Path
) -> None:
    assert shop.sell() == "sold"
    disk.order(**{kind: Fault(error, one_in=ALWAYS)})  # type: ignore[arg-type]
    assert shop.sell() == told
    assert {file for _, _, file in disk.struck()} == {folder / "ledger.db-wal"}
    disk.heal()
    assert shop.sell() == "sold"
