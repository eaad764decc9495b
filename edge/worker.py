"""One worker a device: open → pump → on DeviceError close, back off, reopen. Written once, for all drivers."""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable
from random import Random

from edge.clock import Clock
from edge.codec.floor import gives_way
from edge.errors import DeviceError
from edge.messages import Command, CommandRefused, DeviceDown, DeviceUp, Hush, Show, Speech
from edge.ports import Device, Inbox, Wakeable

MAX_COMMANDS = 64
"""A device that is this far behind is stuck; what comes on top is refused, so that its sender knows."""
FIRST_RETRY_S = 0.2
LAST_RETRY_S = 1.0
"""A scanner that is plugged in again must read the next code: a failed open of an absent node costs microseconds."""

STOP_TIMEOUT_S = 1.5
"""Longer than any bounded piece of work but a name look-up of the cloud's host."""

_log = logging.getLogger("edge.worker")


class CommandQueue:
    """The bounded inbox of one worker. Display lines and speech give way to newer ones; nothing else is dropped."""

    def __init__(self) -> None:
        self._commands: deque[Command] = deque()
        self._lock = threading.Lock()

    def put(self, command: Command) -> bool:
        """False when the queue is full and the command was not taken."""
        with self._lock:
            if isinstance(command, Show | Speech | Hush):
                self._commands = deque(waiting for waiting in self._commands if not _is_outdated(waiting, command))
            if len(self._commands) >= MAX_COMMANDS:
                return False
            self._commands.append(command)
            return True

    def take(self) -> Command | None:
        with self._lock:
            return self._commands.popleft() if self._commands else None


def _is_outdated(waiting: Command, newer: Show | Speech | Hush) -> bool:
    match waiting, newer:
        case Show(), Show():
            return True
        case ((Speech() | Hush()), (Speech() | Hush())):
            return gives_way(waiting, newer)
    return False


class Worker:
    """Runs one device. `submit` comes from the dispatcher; `step` is what the thread loops over."""

    def __init__(
        self,
        name: str,
        build: Callable[[Inbox], Device],
        *,
        post: Callable[[object], None],
        clock: Clock,
        chance: Random,
    ) -> None:
        self.name = name
        self._queue = CommandQueue()
        self._device = build(self._queue)
        self._wake = self._device.wake if isinstance(self._device, Wakeable) else None
        self._post = post
        self._clock = clock
        self._chance = chance
        self._open = False
        self._said_down = False
        self._logged_down = False
        """One that opens and fails at its first work, again and again, is logged once and posted each time."""
        self._retry_s = FIRST_RETRY_S
        self._retry_mono = -math.inf
        self._bell = threading.Event()
        self._stopping = False
        self._last: Command | None = None
        self._thread: threading.Thread | None = None

    @property
    def rung(self) -> bool:
        """Whether a command has come since the last step; for those who step the worker themselves."""
        return self._bell.is_set()

    def submit(self, command: Command) -> None:
        """Queue a command and wake the worker; a full queue, or a worker that stops, answers CommandRefused."""
        if self._stopping or not self._queue.put(command):
            self._post(CommandRefused(self.name, command))
        self._ring()

    def step(self, now: float) -> float:
        """One piece of work; returns the monotonic time of the next, if no command comes before.

        A command that the driver leaves in its inbox, such as a print behind a pulse, waits for that time too.
        """
        self._bell.clear()
        if not self._open and now < self._retry_mono:
            self._refuse_waiting()
            return self._retry_mono
        try:
            if not self._open:
                self._device.open()
                self._opened()
            wait_s = self._device.pump()
            self._retry_s = FIRST_RETRY_S
            if self._logged_down:
                self._logged_down = False
                _log.info("%s: open", self.name)
            return now + wait_s
        except DeviceError as error:
            return self._failed(error, now)
        except Exception as error:
            # A driver's own bug must not stop the shop: it is reported like a broken device, with its stack.
            if not self._logged_down:
                _log.exception("%s: a fault in the driver", self.name)
            return self._failed(DeviceError(f"a fault in the driver: {error!r}", where=self.name), now)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=f"worker-{self.name}", daemon=True)
        self._thread.start()

    def stop(self, last: Command | None = None) -> None:
        """Ask the thread to end after its current piece of work; `last` is done before it closes the device."""
        self._last = last
        self._stopping = True
        self._ring()

    def join(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """Wait for the thread; one that hangs in a driver is left to the end of the process. Without one: `finish`."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        else:
            self._finish()

    def close(self) -> None:
        """Let go of the device; for those who step the worker themselves."""
        if self._open:
            self._let_go()

    def _run(self) -> None:
        while not self._stopping:
            wake = self.step(self._clock.mono())
            pause = wake - self._clock.mono()
            # A stop that came after the last look rang a bell that the step has hushed since.
            if pause > 0 and not self._stopping:
                self._bell.wait(None if math.isinf(pause) else pause)
        self._finish()

    def _finish(self) -> None:
        """Do the last command and close the device."""
        self._refuse_waiting()
        if self._last is not None and self._open:
            self._queue.put(self._last)
            self.step(self._clock.mono())
        self.close()

    def _ring(self) -> None:
        self._bell.set()
        if self._wake is not None:
            self._wake()

    def _opened(self) -> None:
        self._open = True
        self._said_down = False
        if not self._logged_down:
            _log.info("%s: open", self.name)
        self._post(DeviceUp(self.name))

    def _failed(self, error: DeviceError, now: float) -> float:
        self._let_go()
        if not self._logged_down:
            self._logged_down = True
            _log.warning("%s: %s", self.name, error)
        if not self._said_down:
            self._said_down = True
            self._post(DeviceDown(self.name, str(error)))
        self._refuse_waiting()
        self._retry_mono = now + self._retry_s * self._chance.uniform(0.8, 1.0)
        self._retry_s = min(self._retry_s * 2, LAST_RETRY_S)
        return self._retry_mono

    def _let_go(self) -> None:
        self._open = False
        try:
            self._device.close()
        except Exception:
            # A close that fails must not end the thread: the device would be gone until the next start.
            _log.exception("%s: could not be closed", self.name)

    def _refuse_waiting(self) -> None:
        """A closed device begins nothing: a drawer must not spring open minutes later."""
        while (command := self._queue.take()) is not None:
            self._post(CommandRefused(self.name, command))
