"""`edge demo` as a person starts it: processes, signals, the short day that plays itself."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.clock import SystemClock
from edge.sim.counter.addresses import free_port
from edge.sim.counter.leash import edge_command, edge_environment

STORY_S = 120
"""Twice what it may take: beyond it something hangs."""
OPEN_S = 60
CLOSED_S = 2.0
GONE_S = 5.0

pytestmark = pytest.mark.slow


class OpenDemo:
    """A demo on a free port, read line by line."""

    def __init__(self, folder: Path) -> None:
        command = edge_command("demo", "--port", str(free_port()), "--folder", str(folder))
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=edge_environment()
        )
        self.lines: list[str] = []
        self.is_open = False
        self._told = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def pids(self) -> list[int]:
        """All its children."""
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [int(word) for word in found.stdout.split()]

    def finish(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.lines.append(line.rstrip())
                if "Ctrl-C closes" in line:
                    self.is_open = True
                    self._told.set()
        self._told.set()

    def wait_until_open(self) -> bool:
        """False: it ended, or hangs."""
        self._told.wait(OPEN_S)
        return self.is_open


@contextmanager
def open_demo(folder: Path) -> Iterator[OpenDemo]:
    demo = OpenDemo(folder)
    try:
        assert demo.wait_until_open(), "\n".join(demo.lines)
        yield demo
    finally:
        demo.finish()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def all_gone(pids: list[int]) -> bool:
    clock, pause = SystemClock(), threading.Event()
    deadline = clock.mono() + GONE_S
    while any(map(alive, pids)) and clock.mono() < deadline:
        pause.wait(0.02)
    return not any(map(alive, pids))


@pytest.mark.chaos
def test_the_day_plays_itself_and_nothing_is_lost() -> None:
    command = edge_command("demo", "--script")
    result = subprocess.run(command, capture_output=True, text=True, timeout=STORY_S, env=edge_environment())
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stderr == ""
    story = result.stdout
    assert re.search(r"1/8 .* 0\.\d s", story)
    assert "0 lost, 0 doubled." in story
    total = re.search(r"15 sales, ¥([\d.]+), of which the cloud has ¥([\d.]+)\.", story)
    assert total and total[1] == total[2]
    sentences = (
        "Nothing is completed", "585 g on the scale", "The QR code on the wall", "kill -9", "断电恢复，上一单还在",
        "重打 COPY", "the next scan sells", "五号打不开，换一个", "码不对，剩两次", "放回去，这件是别人的",
        "four parcels in and three out", "4 of parcels, 2 of services,", "A phone is topped up",
        "What runs out is proposed on paper", "不要纯牛奶", "收货记好了，一种",
    )  # fmt: skip
    for sentence in sentences:
        assert sentence in story


def test_ctrl_c_says_what_is_unsent_and_leaves_nobody_behind(tmp_path: Path) -> None:
    clock = SystemClock()
    with open_demo(tmp_path / "shop") as demo:
        children = demo.pids()
        assert len(children) == 3, "terminal, broker and cloud"
        began = clock.mono()
        demo.process.send_signal(signal.SIGINT)
        assert demo.process.wait(OPEN_S) == 0
        assert clock.mono() - began < CLOSED_S
    assert any("not confirmed by the cloud" in line for line in demo.lines)
    assert all_gone(children)


def test_a_killed_demo_takes_its_children_along(tmp_path: Path) -> None:
    with open_demo(tmp_path / "shop") as demo:
        children = demo.pids()
        demo.process.kill()
        assert all_gone(children)


@pytest.mark.chaos  # a bound in seconds wants the machine for itself: `make day`
def test_the_second_start_finds_shop_and_goods_and_takes_under_five_seconds(tmp_path: Path) -> None:
    clock = SystemClock()
    with open_demo(tmp_path / "shop") as demo:
        demo.process.send_signal(signal.SIGTERM)
        assert demo.process.wait(OPEN_S) == 0
    began = clock.mono()
    with open_demo(tmp_path / "shop") as demo:
        assert clock.mono() - began < 5
        assert any("on the shelf since last time" in line for line in demo.lines)
