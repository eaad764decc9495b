"""Lock boards behind a converter that hangs: what lies in a buffer must not open a door when it is back."""

from __future__ import annotations

import os
import queue
import select
import socket
import threading
import tty
from typing import Any, Self, TypeVar

import pytest
from device_bench import build_worker

from edge.channel import open_port
from edge.clock import SystemClock
from edge.messages import BoardLost, BoardRead, DeviceDown, DoorPulsed, Outcome, PulseDoor
from edge.ports import IDLE_S, PATIENCE_S, SerialLine
from edge.sim.locker import LockerModel
from edge.sim.ports import SimPorts

LIMIT_S = 20.0
"""On a machine that does much else."""
TICK_S = 0.005
ORDER = b"an order"
AHEAD = bytes(8000)
"""More than the far end of a pty takes."""

Told = TypeVar("Told")


class Converter:
    """TCP to RS-485, one box at a time. `hangs` while it is set: it reads nothing, and later all of it.

    A reset drops what it has not passed on, as the small stacks in such converters do.
    """

    def __init__(self, model: LockerModel) -> None:
        self.model, self.hangs, self.lock = model, threading.Event(), threading.Lock()
        self.resets = 0
        self._clock = SystemClock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(TICK_S)
        self.url = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._server.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                box, _ = self._server.accept()
            except TimeoutError:
                continue
            with box:
                box.settimeout(TICK_S)
                while not self._stop.is_set() and self._passes(box):
                    continue

    def _passes(self, box: socket.socket) -> bool:
        """False: the box has let go of it."""
        if self.hangs.is_set():
            self._stop.wait(TICK_S)
            return True
        octets, is_there = b"", False
        try:
            while received := box.recv(256):
                octets += received
        except TimeoutError:
            is_there = True
        except ConnectionResetError:
            self.resets += 1
            return False
        with self.lock:
            self.model.advance(self._clock.mono())
            self.model.receive(octets)
            self.model.advance(self._clock.mono())
            if is_there and (answer := self.model.transmit()):
                box.sendall(answer)
        return is_there


class Box:
    """The terminal's worker in front of it."""

    def __init__(self, url: str, *boards: int) -> None:
        self.clock = SystemClock()
        self._posted: queue.Queue[Any] = queue.Queue()
        self.worker = build_worker(
            "locker_cu16", {"port": url, "boards": [*boards]}, name="wall", post=self._posted.put, clock=self.clock,
            ports=SimPorts(self.clock), patience_s=PATIENCE_S, idle_s=IDLE_S,
        )  # fmt: skip

    def __enter__(self) -> Self:
        self.worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.worker.stop()
        self.worker.join()

    def until(self, kind: type[Told]) -> Told:
        while not isinstance(message := self._posted.get(timeout=LIMIT_S), kind):
            assert kind is DeviceDown or not isinstance(message, DeviceDown), message.reason
        return message

    def order(self, board: int, lock: int) -> DoorPulsed:
        self.worker.submit(PulseDoor("pulse", "wall", board, lock, self.clock.mono() + LIMIT_S))
        return self.until(DoorPulsed)


def test_an_order_that_a_hanging_converter_did_not_pass_on_dies_with_the_connection() -> None:
    model = LockerModel("cu16", {1: 8, 2: 8})
    with Converter(model) as converter, Box(converter.url, 1, 2) as box:
        for _ in (1, 2):
            box.until(BoardRead)
        converter.hangs.set()
        assert box.order(1, 3).outcome is Outcome.DONE, "its bytes have left the box"
        assert "must not come out later" in box.until(DeviceDown).reason
        converter.hangs.clear()
        for _ in (1, 2):
            box.until(BoardRead)
        assert (model.pulses, converter.resets) == ([], 1), "it has read all of it since"
        assert box.order(1, 4).outcome is Outcome.DONE
        box.until(BoardRead)
        assert model.pulses == [(1, 4)]


def test_a_board_that_is_silent_beside_one_that_answers_does_not_take_the_port_away() -> None:
    model = LockerModel("cu16", {1: 8, 2: 8})
    with Converter(model) as converter, Box(converter.url, 1, 2) as box:
        for _ in (1, 2):
            box.until(BoardRead)
        with converter.lock:
            model.boards[2].answers = False
        assert box.order(2, 3).outcome is Outcome.DONE
        assert box.until(BoardLost).board == 2
        assert converter.resets == 0


@pytest.mark.parametrize("stale_s", [1.0, None])
def test_a_tcp_port_drops_or_delivers_what_was_written_before_it_was_closed(stale_s: float | None) -> None:
    """A receipt must come out, an order must not."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = open_port(f"tcp://127.0.0.1:{server.getsockname()[1]}", SerialLine(stale_s=stale_s))
        far, _ = server.accept()
        with far:
            port.write(ORDER, LIMIT_S)
            assert far.recv(len(ORDER)) == ORDER
            port.close()
            if stale_s is None:
                assert far.recv(1) == b""
            else:
                with pytest.raises(ConnectionResetError):
                    far.recv(1)


@pytest.mark.parametrize(("stale_s", "is_left"), [(1.0, False), (None, True)])
def test_a_serial_port_drops_or_delivers_what_was_written_before_it_was_closed(
    stale_s: float | None, *, is_left: bool
) -> None:
    """The far end of a pty takes the first bytes at once; what is behind them lies in the kernel's buffer."""
    far, near = os.openpty()
    try:
        tty.setraw(near)
        port = open_port(os.ttyname(near), SerialLine(stale_s=stale_s))
        port.write(AHEAD + ORDER, LIMIT_S)
        port.close()
        got = b""
        while select.select([far], [], [], 0)[0]:
            got += os.read(far, 4096)
        assert (ORDER in got) == is_left
    finally:
        os.close(far)
        os.close(near)


def test_a_kernel_gives_up_what_it_cannot_deliver_of_an_order_and_not_of_a_receipt() -> None:
    """The link itself is not cut here: the kernel's promise is asked for."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        for stale_s, promised_ms in ((1.0, 1000), (None, 0)):
            port: Any = open_port(f"tcp://127.0.0.1:{server.getsockname()[1]}", SerialLine(stale_s=stale_s))
            assert port._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == promised_ms
            port.close()
