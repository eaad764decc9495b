"""`edge lockers map` and `show` through the real command line: which cell is which lock."""

from __future__ import annotations

from pathlib import Path

import pytest
from technician_bench import kept, lockers, shop_file

from edge.cli.locker_words import _WORDS
from edge.store.folder_lock import FolderLock


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return shop_file(tmp_path)


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


def test_each_sentence_says_the_same_in_both_languages() -> None:
    for key, both in _WORDS.items():
        holes = [{part.partition("}")[0] for part in words.split("{")[1:]} for words in both]
        assert holes[0] == holes[1], key
