"""One device and its worker: opened, pumped, closed when it fails, opened again; said once, obeyed or refused."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from counter_bench import HandClock

from edge.errors import DeviceError, EdgeError
from edge.jobs import MAX_JOBS, Jobs
from edge.messages import CommandRefused, DeviceDown, DeviceUp, JobDone, SendKick, Show, View
from edge.ports import Inbox
from edge.worker import LAST_RETRY_S, MAX_COMMANDS, Worker


@dataclass
class Gadget:
    """A device that can be unplugged, and a driver that can have a bug."""

    inbox: Inbox
    plugged: bool = True
    bug: bool = False
    dies_in_pump: bool = False
    opened: int = 0
    closed: int = 0
    obeyed: list[Any] = field(default_factory=list)
    working: threading.Event = field(default_factory=threading.Event)

    def open(self) -> None:
        if not self.plugged:
            raise DeviceError("no such device", where="/dev/ttyACM0")
        self.opened += 1

    def pump(self) -> float:
        if self.bug:
            raise KeyError("a bug")
        if not self.plugged or self.dies_in_pump:
            raise DeviceError("the device is gone", where="/dev/ttyACM0")
        while (command := self.inbox.take()) is not None:
            self.obeyed.append(command)
            self.working.set()
        return float("inf")

    def close(self) -> None:
        self.closed += 1
        if self.bug:
            raise OSError("a bug in close, too")


class Desk:
    def __init__(self) -> None:
        self.clock = HandClock()
        self.posted: list[Any] = []
        self.gadgets: list[Gadget] = []
        self.worker = Worker("scanner", self._build, post=self.posted.append, clock=self.clock, chance=Random(1))
        (self.gadget,) = self.gadgets

    def _build(self, inbox: Inbox) -> Gadget:
        self.gadgets.append(Gadget(inbox))
        return self.gadgets[-1]

    def step(self, seconds: float = 0.0) -> float:
        self.clock.pass_s(seconds)
        return self.worker.step(self.clock.mono_s) - self.clock.mono_s


@pytest.fixture
def desk() -> Desk:
    return Desk()


def kick(n: int) -> SendKick:
    return SendKick(f"k{n}", 1e9)


def test_a_device_is_opened_before_it_is_pumped_and_built_without_being_touched(desk: Desk) -> None:
    assert desk.gadget.opened == 0
    assert desk.step() == float("inf")
    assert (desk.gadget.opened, desk.posted) == (1, [DeviceUp("scanner")])


def test_an_absent_device_is_said_once_and_tried_again_ever_more_slowly(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.gadget.plugged = False
    pauses = []
    with caplog.at_level(logging.INFO, "edge.worker"):
        pauses.append(desk.step())
        for _ in range(10):
            pauses.append(desk.step(pauses[-1]))
    assert 0.16 <= pauses[0] <= 0.2
    assert all(0.8 <= pause <= LAST_RETRY_S for pause in pauses[-5:])
    assert [type(message) for message in desk.posted] == [DeviceDown]
    assert len(caplog.records) == 1
    assert "no such device" in desk.posted[0].reason


def test_a_device_that_is_plugged_in_again_works_within_a_second_and_its_next_outage_is_said(desk: Desk) -> None:
    desk.step()
    desk.gadget.plugged = False
    desk.step()
    for _ in range(20):
        desk.step(0.3)
    desk.gadget.plugged = True
    desk.step(LAST_RETRY_S)
    desk.gadget.plugged = False
    desk.step()
    assert [type(message) for message in desk.posted] == [DeviceUp, DeviceDown, DeviceUp, DeviceDown]


def test_a_device_that_opens_and_dies_at_once_is_not_tried_five_times_a_second_for_ever(desk: Desk) -> None:
    desk.gadget.dies_in_pump = True
    pauses = [desk.step()]
    for _ in range(6):
        pauses.append(desk.step(pauses[-1]))
    assert pauses[-1] >= 0.8 * LAST_RETRY_S
    desk.gadget.dies_in_pump = False
    desk.step(pauses[-1])
    desk.gadget.dies_in_pump = True
    assert desk.step() <= 0.2


def test_before_its_time_a_closed_device_is_left_alone_and_begins_no_command(desk: Desk) -> None:
    desk.gadget.plugged = False
    desk.step()
    desk.worker.submit(kick(1))
    desk.step(0.01)
    assert desk.posted[1:] == [CommandRefused("scanner", kick(1))]
    desk.gadget.plugged = True
    desk.step(1.0)
    assert desk.gadget.obeyed == []


def test_commands_that_wait_when_the_device_fails_are_refused_not_kept(desk: Desk) -> None:
    desk.step()
    desk.gadget.plugged = False
    desk.worker.submit(kick(1))
    desk.step()
    assert CommandRefused("scanner", kick(1)) in desk.posted


def test_a_full_inbox_refuses_the_newest_and_keeps_the_order_of_the_rest(desk: Desk) -> None:
    for n in range(MAX_COMMANDS + 1):
        desk.worker.submit(kick(n))
    assert desk.posted == [CommandRefused("scanner", kick(MAX_COMMANDS))]
    desk.step()
    assert desk.gadget.obeyed == [kick(n) for n in range(MAX_COMMANDS)]


def test_of_what_is_to_be_shown_only_the_newest_is_kept_and_nothing_else_gives_way(desk: Desk) -> None:
    desk.worker.submit(Show(View.TEXT, name="old"))
    desk.worker.submit(kick(1))
    desk.worker.submit(Show(View.TEXT, name="new"))
    desk.step()
    assert desk.gadget.obeyed == [kick(1), Show(View.TEXT, name="new")]


def test_a_bug_in_a_driver_is_reported_like_a_broken_device_and_does_not_end_the_worker(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.gadget.bug = True
    desk.step()
    assert "a fault in the driver: KeyError('a bug')" in desk.posted[-1].reason
    assert any(record.exc_info for record in caplog.records)
    desk.gadget.bug = False
    assert desk.step(1.0) == float("inf")
    assert desk.posted[-1] == DeviceUp("scanner")


def test_a_worker_that_stops_begins_nothing_more(desk: Desk) -> None:
    desk.step()
    desk.worker.stop()
    desk.worker.submit(kick(1))
    assert desk.posted[-1] == CommandRefused("scanner", kick(1))
    assert desk.gadget.obeyed == []


def test_a_driver_that_fails_again_and_again_is_logged_with_its_stack_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.gadget.bug = True
    with caplog.at_level(logging.ERROR):
        for _ in range(20):
            desk.step(2.0)
    assert sum("a fault in the driver" in record.message for record in caplog.records) == 1


def test_the_thread_wakes_for_a_command_and_does_the_last_one_before_it_closes() -> None:
    desk = Desk()
    desk.worker.start()
    desk.worker.submit(kick(1))
    assert desk.gadget.working.wait(10)
    desk.worker.stop(kick(2))
    desk.worker.join(10)
    assert desk.gadget.obeyed == [kick(1), kick(2)]
    assert desk.gadget.closed == 1


class JobBench:
    def __init__(self) -> None:
        self.done: list[JobDone] = []
        self.came = threading.Semaphore(0)
        self.jobs = Jobs(self._post)

    def _post(self, message: object) -> None:
        assert isinstance(message, JobDone)
        self.done.append(message)
        self.came.release()

    def wait(self, n: int = 1) -> None:
        for _ in range(n):
            assert self.came.acquire(timeout=10)


def test_jobs_run_one_after_the_other_and_tell_their_result_or_their_error() -> None:
    bench = JobBench()

    def refuse() -> object:
        raise EdgeError("the file is wrong")

    bench.jobs.start()
    bench.jobs.submit("a", lambda: 1)
    bench.jobs.submit("b", refuse)
    bench.jobs.submit("c", lambda: 3)
    bench.wait(3)
    bench.jobs.stop()
    assert [(done.job, done.result, str(done.error or "")) for done in bench.done] == [
        ("a", 1, ""), ("b", None, "the file is wrong"), ("c", 3, "")
    ]  # fmt: skip


def test_a_bug_in_a_job_is_told_and_the_next_job_still_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    bench, told = JobBench(), threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _: told.set())

    def buggy() -> object:
        raise KeyError("a bug")

    bench.jobs.start()
    bench.jobs.submit("a", buggy)
    bench.jobs.submit("b", lambda: 2)
    bench.wait(2)
    bench.jobs.stop()
    assert isinstance(bench.done[0].error, EdgeError)
    assert "KeyError('a bug')" in str(bench.done[0].error)
    assert bench.done[1].result == 2
    assert told.wait(10), "the stack of the bug is nowhere to be read"


def test_the_seventeenth_waiting_job_is_refused_and_a_stop_waits_for_none_of_them() -> None:
    bench = JobBench()
    taken = [bench.jobs.submit(str(n), lambda: None) for n in range(MAX_JOBS + 1)]
    assert taken == [True] * MAX_JOBS + [False]
    bench.jobs.stop()
    assert bench.done == []


def test_a_command_that_the_driver_leaves_waiting_is_not_spun_on() -> None:
    """A print behind a pulse: the worker sleeps as long as the driver asked for, or until the next command."""

    class Busy(Gadget):
        def pump(self) -> float:
            return 60.0

    clock = HandClock()
    worker = Worker("printer", Busy, post=lambda _: None, clock=clock, chance=Random(1))
    worker.step(clock.mono())
    worker.submit(kick(1))
    assert worker.rung
    assert worker.step(clock.mono()) == clock.mono() + 60.0
    assert not worker.rung, "it would be stepped again at once, and again"
    worker.submit(kick(2))
    assert worker.rung
