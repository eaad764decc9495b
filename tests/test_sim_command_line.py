"""What `edge sim` says, how it ends, and what it leaves behind."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from planted_bugs import hand_out_before_commit

from edge.__main__ import main
from edge.sim.year.clerk import Clerk
from edge.sim.year.main import Run, Violated, live
from edge.sim.year.simulation import CUSTOMERS
from edge.sim.year.world import World

CALM = ["--days", "1", "--faults", "calm"]
LOST_S = 60.0
"""Whoever waits so long for a signal does not get one."""


def fail_for(patch: pytest.MonkeyPatch, *seeds: int) -> None:
    """A bug of ours that only some seeds run into."""
    serve, shops = Clerk.serve, list[Clerk]()

    def broken(clerk: Clerk) -> Iterator[float]:
        if clerk not in shops:
            shops.append(clerk)
        if len(shops) in seeds:
            raise RuntimeError("the till is on fire")
        return serve(clerk)

    patch.setattr(Clerk, "serve", broken)


def test_an_error_of_ours_is_told_with_its_seed_and_traceback_and_the_other_seeds_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_for(monkeypatch, 2)
    assert main(["sim", "--seeds", "3", *CALM]) == 1
    said = capsys.readouterr().out
    assert "seed 2: VIOLATED: RuntimeError('the till is on fire') in broken" in said
    assert "    Traceback (most recent call last):" in said
    assert "\n  see it again: .venv/bin/edge sim --seed 2 --days 1 --faults calm\n" in said
    assert "seed 1: 1 day," in said and "seed 3: 1 day," in said
    assert "1 of 3 seeds violated; lived to the end: 2 days," in said


def test_a_violation_is_not_replaced_by_an_error_of_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    close = World.close

    def close_badly(world: Any) -> None:
        close(world)
        raise OSError("the lid is stuck")

    hand_out_before_commit(monkeypatch)
    monkeypatch.setattr(World, "close", close_badly)
    found = live(Run(7, 1, "calm", CUSTOMERS))
    assert isinstance(found, Violated)
    assert found.what.startswith("day ") and "leaves before its commit" in found.what
    assert "OSError: the lid is stuck" in found.trace


def test_an_error_of_closing_alone_is_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    close = World.close

    def close_badly(world: Any) -> None:
        close(world)
        raise OSError("the lid is stuck")

    monkeypatch.setattr(World, "close", close_badly)
    found = live(Run(7, 1, "calm", CUSTOMERS))
    assert isinstance(found, Violated)
    assert found.what.startswith("OSError('the lid is stuck') in close_badly")


def test_each_sentence_of_a_violation_has_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_out_before_commit(monkeypatch)
    assert main(["sim", "--seed", "7", *CALM]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"seed 7: VIOLATED: day \d+, [-\d]+ [:\d]+: [^;]+", lines[0])
    assert len(lines) > 3 and all(line.startswith("  ") and "; " not in line for line in lines[1:-1])
    assert lines[-1] == "1 of 1 seed violated", "nothing is said of faults where nothing was lived to the end"


def test_what_was_lived_is_counted_and_the_same_seed_has_the_same_fingerprint(
    capsys: pytest.CaptureFixture[str],
) -> None:
    prints = []
    for _ in range(2):
        assert main(["sim", "--seed", "5", *CALM]) == 0
        said = capsys.readouterr().out
        assert "1 seed, all held; lived to the end: 1 day," in said
        assert "faults planned: none" in said
        prints += re.findall(r"fingerprint [0-9a-f]{12}", said)
    assert len(prints) == 2 and len(set(prints)) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_says_what_was_finished_and_leaves_no_folder(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    serve, folders = Clerk.serve, list[Path]()

    def stopped(clerk: Any) -> Iterator[float]:
        if clerk._box.folder not in folders:
            folders.append(clerk._box.folder)
            assert clerk._box.folder.exists()
        if len(folders) == 2:
            signal.raise_signal(number)
        return serve(clerk)

    monkeypatch.setattr(Clerk, "serve", stopped)
    before = signal.getsignal(number)
    assert main(["sim", "--seeds", "3", *CALM]) == 130
    said = capsys.readouterr().out
    assert "seed 1: 1 day," in said and "seed 2" not in said
    assert "1 seed, all held" in said and said.endswith("stopped: 1 of 3 seeds finished\n")
    assert len(folders) == 2 and not any(folder.parent.exists() for folder in folders)
    assert signal.getsignal(number) == before


def test_a_stop_ends_the_other_processes_and_leaves_no_folder(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def stop_all(clerk: Any) -> Iterator[float]:
        (tmp_path / str(os.getpid())).write_text(str(clerk._box.folder.parent))
        os.kill(os.getppid(), signal.SIGTERM)
        threading.Event().wait(LOST_S)
        raise AssertionError("nobody told this process to end")

    monkeypatch.setattr(Clerk, "serve", stop_all)
    assert main(["sim", "--seeds", "4", "--processes", "2", *CALM]) == 130
    said = capfd.readouterr()
    assert said.out == "no seed was finished\nstopped: 0 of 4 seeds finished\n" and said.err == ""
    notes = list(tmp_path.iterdir())
    assert notes and not any(Path(note.read_text()).exists() for note in notes)


def test_a_process_that_is_killed_from_outside_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Clerk, "serve", lambda clerk: os.kill(os.getpid(), signal.SIGTERM))
    assert main(["sim", "--seeds", "2", "--processes", "2", *CALM]) == 1
    said = capsys.readouterr().out
    assert said.endswith("a process was killed from outside, for its memory perhaps: 0 of 2 seeds finished\n")


def test_help_says_the_defaults_the_profiles_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["sim", "--help"])
    said = capsys.readouterr().out
    for words in ("(default: 1)", "(default: 365)", "(default: storm)", "\n  calm ", "\n  shop ", "\n  storm ", "130"):
        assert words in said
    assert "None" not in said
