"""`edge lockers` through the real command line: scan, map, commission, show, in front of a wall on a pty."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.__main__ import main
from edge.cli.locker_words import _WORDS
from edge.sim.locker import Collision, LockerModel
from edge.sim.wiring import PtyHost
from edge.store.folder_lock import FolderLock

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 30.0
SETTINGS = """\
[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
shop_name = "Wall"
data_dir = "{folder}/data"
language = "{language}"

[devices.locker_wall]
driver = "locker_{protocol}"
port = "{folder}/wall"
boards = {boards}
"""


def shop_file(folder: Path, protocol: str = "8a", boards: tuple[int, ...] = (1, 2), language: str = "en") -> Path:
    path = folder / "shop.toml"
    path.write_text(
        SETTINGS.format(folder=folder, protocol=protocol, boards=[*boards], language=language), encoding="utf-8"
    )
    return path


def lockers(config: Path, *words: str) -> int:
    return main(["lockers", *words, "--config", str(config)])


def kept(folder: Path) -> dict[str, list[dict[str, object]]]:
    tables = json.loads((folder / "data" / "documents" / "cells.json").read_text(encoding="utf-8"))
    (row,) = tables["documents"].values()
    assert row["key"] == "wall"
    document: dict[str, list[dict[str, object]]] = row["value"]
    return document


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return shop_file(tmp_path)


class Technician:
    """Types into `edge lockers commission`, and does with the doors what it says."""

    def __init__(self, config: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "edge", "lockers", "commission", *words, "--config", str(config)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self.seen = ""
        self._read = 0
        self._octets: queue.Queue[bytes] = queue.Queue()
        self._reader = threading.Thread(target=self._pump, daemon=True)
        self._reader.start()

    def _pump(self) -> None:
        assert self.process.stdout is not None
        while octets := os.read(self.process.stdout.fileno(), 4096):
            self._octets.put(octets)
        self.process.stdout.close()
        self._octets.put(b"")

    def reads(self, text: str) -> None:
        """Wait until this is said after what was read before."""
        while text not in self.seen[self._read :]:
            octets = self._octets.get(timeout=LIMIT_S)
            assert octets, f"it ended without {text!r}: {self.seen}"
            self.seen += octets.decode("utf-8")
        self._read = self.seen.index(text, self._read) + len(text)

    def types(self, text: str = "") -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def ends(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self._reader.join(LIMIT_S)
        return self.process.wait(LIMIT_S)


@contextmanager
def plugged(model: LockerModel, folder: Path) -> Iterator[Callable[[int, int, bool], None]]:
    """The wall at the port of the settings; gives hands that open and shut doors with a key."""
    with PtyHost(model, folder / "wall") as host:

        def turn(board: int, lock: int, is_open: bool) -> None:
            with host.lock:
                model.door(board, lock).is_open = is_open

        yield turn


# --- the map ---------------------------------------------------------------------------------------------------------


def test_map_makes_cells_with_numbers_that_go_on_and_a_part_of_a_board_gets_another_size(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lockers(config, "map", "--board", "1", "--locks", "8", "--size", "M", "--first", "11") == 0
    assert "8 cells, doors 11 to 18, size M" in capsys.readouterr().out
    assert lockers(config, "map", "--board", "2", "--locks", "4", "--size", "S") == 0
    assert (
        lockers(config, "map", "--board", "1", "--locks", "2", "--from-lock", "7", "--size", "XL", "--first", "17") == 0
    )
    cells = kept(tmp_path)["cells"]
    assert [(cell["id"], cell["door"], cell["size"]) for cell in cells][5:9] == [
        ("A1-06", 16, "M"), ("A1-07", 17, "XL"), ("A1-08", 18, "XL"), ("A2-01", 19, "S"),
    ]  # fmt: skip
    assert len(cells) == 12


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--board", "3", "--locks", "8"), "the settings have no such board"),
        (("--board", "1", "--locks", "0"), "a board has at least one lock"),
        (("--board", "1", "--locks", "51"), "there is no such lock"),
        (("--board", "1", "--locks", "8", "--from-lock", "0"), "there is no such lock"),
        (("--board", "2", "--locks", "8", "--first", "4"), "both have the number"),
        (("--board", "1", "--locks", "8", "--device", "other"), "there is no such bus"),
        (
            ("--board", "2", "--locks", "8", "--first", "0"),
            "--first: a door has a number of 1 to 9999, expected 1 to 9992",
        ),
        (
            ("--board", "2", "--locks", "20", "--first", "9990"),
            "expected 1 to 9980, for 20 doors, got 9990. Give another",
        ),
    ],
)
def test_a_map_that_cannot_be_is_refused_in_words_and_nothing_is_kept(
    config: Path, tmp_path: Path, words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lockers(config, "map", "--board", "1", "--locks", "8", "--size", "M") == 0
    before = kept(tmp_path)
    assert lockers(config, "map", "--size", "M", *words) == 2
    assert says in capsys.readouterr().err
    assert kept(tmp_path) == before


def test_a_cell_that_there_is_keeps_its_name_and_its_number(config: Path, tmp_path: Path) -> None:
    def names() -> list[tuple[object, ...]]:
        return [(cell["id"], cell["door"], cell["size"]) for cell in kept(tmp_path)["cells"]]

    assert lockers(config, "map", "--board", "1", "--locks", "3", "--size", "M", "--first", "11") == 0
    assert lockers(config, "map", "--board", "1", "--locks", "5", "--size", "L") == 0
    assert names() == [(f"A1-{lock:02}", 10 + lock, "L") for lock in range(1, 6)]
    text = config.read_text(encoding="utf-8")
    head, tail = text.split("[devices.locker_wall]")
    front = f'[devices.front]\ndriver = "locker_dc"\nport = "{tmp_path}/front"\nboards = [1]\n\n'
    config.write_text(f"{head}{front}[devices.locker_wall]{tail}", encoding="utf-8")
    assert lockers(config, "map", "--device", "locker_wall", "--board", "1", "--locks", "6", "--size", "S") == 0
    assert names() == [(f"A1-{lock:02}", 10 + lock, "S") for lock in range(1, 7)]
    assert lockers(config, "map", "--device", "front", "--board", "1", "--locks", "1", "--size", "M") == 0
    assert names()[-1] == ("B1-01", 17, "M"), "A is the other's"
    assert (
        lockers(config, "map", "--device", "front", "--board", "1", "--locks", "1", "--size", "M", "--first", "1") == 0
    )
    assert names()[0] == ("B1-01", 1, "M")


def test_a_board_that_has_a_door_in_another_byte_is_to_be_set_up_anew(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lockers(config, "map", "--board", "1", "--locks", "8", "--size", "M") == 0
    path = tmp_path / "data" / "documents" / "cells.json"
    text = path.read_text(encoding="utf-8")
    for key, value in (("open_bit", "1"), ("high_first", "false")):
        text = text.replace(f'"{key}": null', f'"{key}": {value}').replace(f'"{key}":null', f'"{key}":{value}')
    path.write_text(text, encoding="utf-8")
    assert lockers(config, "map", "--board", "1", "--locks", "8", "--size", "S") == 0
    assert "anew" not in capsys.readouterr().out and kept(tmp_path)["boards"][0]["open_bit"] == 1
    assert lockers(config, "map", "--board", "1", "--locks", "9", "--size", "S") == 0
    assert "Board 1 is to be set up anew" in capsys.readouterr().out
    assert [board["board"] for board in kept(tmp_path)["boards"]] == [2]


def test_a_terminal_that_runs_is_told_of_and_its_map_can_be_seen(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lockers(config, "map", "--board", "1", "--locks", "2", "--size", "M") == 0
    lock = FolderLock(tmp_path / "data")
    lock.take()
    try:
        for words in (("scan",), ("commission",), ("map", "--board", "1", "--locks", "8", "--size", "M")):
            assert lockers(config, *words) == 2
            assert "another terminal is running on this folder" in capsys.readouterr().err
        assert lockers(config, "show") == 0
        assert "The terminal runs" in (out := capsys.readouterr().out)
        assert "A1-02" in out
    finally:
        lock.release()


def test_a_map_that_somebody_spoilt_is_told_and_not_written_over(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lockers(config, "map", "--board", "1", "--locks", "2", "--size", "M") == 0
    path = tmp_path / "data" / "documents" / "cells.json"
    path.write_text(path.read_text(encoding="utf-8").replace("A1-02", "A1-01"), encoding="utf-8")
    before = path.read_bytes()
    for words in (("show",), ("map", "--board", "2", "--locks", "8", "--size", "M"), ("commission",)):
        assert lockers(config, *words) == 2
        assert "there are two cells A1-01: name one of them anew" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_board_address_that_cannot_be_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lockers(shop_file(tmp_path, boards=(400,)), "scan") == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "expected 32 or less, got 400" in line


def test_a_shop_without_lock_boards_is_told_what_to_add(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shop_file(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").partition("[devices")[0], encoding="utf-8")
    assert lockers(path, "scan") == 2
    assert "add [devices.locker_wall]" in capsys.readouterr().err


# --- the boards ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["8a", "cu16", "cu48"])
def test_scan_finds_what_answers_names_what_does_not_and_moves_no_door(
    protocol: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = shop_file(tmp_path, protocol, boards=(1, 2))
    model = LockerModel(protocol, {1: 8, 3: 8})
    with plugged(model, tmp_path):
        assert lockers(config, "scan") == 1
    out = capsys.readouterr().out
    assert f"locker_{protocol} at" in out and "address 1: answers" in out
    if protocol != "cu48":
        assert f'write driver = "locker_{protocol}"' in out and "boards = [3]" in out
    assert "board 2 does not answer" in out
    assert model.pulses == [] and not any(door.is_open for door in model.all_doors)


@pytest.mark.slow
def test_scan_finds_another_family_than_the_settings_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = shop_file(tmp_path, "8a", boards=(1,))
    with plugged(LockerModel("dc", {2: 12}), tmp_path):
        assert lockers(config, "scan") == 1
    assert 'write driver = "locker_dc", baud = 9600, boards = [2]' in capsys.readouterr().out


@pytest.mark.slow
def test_a_technician_is_led_through_a_board_and_then_its_doors_are_known(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = LockerModel("8a", {1: 8, 2: 8}, contact=0, high_first=True)
    for board in ("1", "2"):
        assert lockers(config, "map", "--board", board, "--locks", "8", "--size", "M") == 0
    with plugged(model, tmp_path) as turn:
        assert lockers(config, "show") == 1
        assert "board 1 on locker_wall is not set up" in capsys.readouterr().out
        person = Technician(config, "--board", "1")
        person.reads("Close all doors of board 1 (1, 2, 3, 4, 5, 6, 7, 8)")
        person.types()
        person.reads("Open door 1 (lock 1) with its key")
        person.types()
        person.reads("No contact changed")
        turn(1, 1, True)
        person.types()
        person.reads("Close door 1 again")
        turn(1, 1, False)
        person.types()
        person.reads("Open door 8 (lock 8)")
        person.types("p")
        person.reads("Type yes")
        person.types("no")
        person.reads("No door was opened.")
        assert model.pulses == []
        person.types("p")
        person.reads("Type yes")
        person.types("yes")
        person.reads("Door 8 got one pulse.")
        person.reads("Close door 8 again")
        assert model.pulses == [(1, 8)]
        turn(1, 8, False)
        person.types()
        person.reads("the contact of an open door is 0, bytes come highest locks first")
        person.reads("Kept.")
        assert person.ends() == 0
        assert kept(tmp_path)["boards"][0] == {
            "device": "locker_wall", "board": 1, "open_bit": 0, "high_first": True,
        }  # fmt: skip
        turn(1, 4, True)
        assert lockers(config, "show") == 1, "board 2 is not set up yet"
        out = capsys.readouterr().out
        assert "4\tA1-04\tlocker_wall\t1\t4\tM\topen" in out
        assert "5\tA1-05\tlocker_wall\t1\t5\tM\tclosed" in out
        assert "9\tA2-01\tlocker_wall\t2\t1\tM\tunknown" in out
    assert model.pulses == [(1, 8)]


@pytest.mark.slow
def test_two_boards_on_one_address_and_a_wrong_door_are_told_and_nothing_is_kept(tmp_path: Path) -> None:
    config = shop_file(tmp_path, boards=(1,), language="zh-CN")
    assert lockers(config, "map", "--board", "1", "--locks", "8", "--size", "M") == 0
    model = LockerModel("8a", {1: 8})
    model.set_switches_alike(1, 8)
    model.collision = Collision.IN_STEP
    with plugged(model, tmp_path) as turn:
        person = Technician(config)
        person.reads("请关上 1 号锁板的所有门")
        person.types()
        person.reads("请用钥匙打开 1 号门")
        turn(1, 1, True)
        person.types()
        person.reads("没有触点变化")
        person.reads("两块锁板用同一个地址")
        turn(1, 1, False)
        model.set_switches_right(2)
        turn(1, 2, True)
        person.types()
        person.reads("变的是第 ")
        person.reads("开错门了")
        person.reads("从头来过")
        person.types("q")
        person.reads("没有保存")
        assert person.ends() == 1
    assert kept(tmp_path)["boards"] == [
        {"device": "locker_wall", "board": 1, "open_bit": None, "high_first": None}
    ]  # fmt: skip
    assert model.pulses == []


@pytest.mark.slow
def test_a_board_that_does_not_answer_is_told_at_the_step_and_the_step_stays(config: Path, tmp_path: Path) -> None:
    assert lockers(config, "map", "--board", "1", "--locks", "8", "--size", "M") == 0
    model = LockerModel("8a", {1: 8})
    with plugged(model, tmp_path):
        model.boards[1].answers = False
        person = Technician(config, "--board", "1")
        person.reads("Close all doors")
        person.types()
        person.reads("board 1 does not answer: check its power")
        model.boards[1].answers = True
        person.reads("Close all doors")
        person.types()
        person.reads("Open door 1")
        person.types("p")
        person.reads("Type yes")
        assert person.ends() == 1, "the keyboard is gone"
        assert model.pulses == []
        person.reads("Nothing was kept for board 1")


def test_each_sentence_says_the_same_in_both_languages() -> None:
    for key, both in _WORDS.items():
        holes = [{part.partition("}")[0] for part in words.split("{")[1:]} for words in both]
        assert holes[0] == holes[1], key
