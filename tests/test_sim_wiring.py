"""Cables of the simulator: real ptys and sockets, and cables in process that can be pulled and cut."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from device_bench import HandClock

from edge.channel import open_port
from edge.clock import SystemClock
from edge.errors import DeviceError
from edge.ports import Port, SerialLine
from edge.sim.ports import SimPorts
from edge.sim.wiring import PtyHost, TcpHost, _Cable

WAIT_S = 5.0


class Echo:
    """Sends back what it gets, in capitals; `say` makes it speak on its own."""

    def __init__(self, room: int = 1 << 20) -> None:
        self.got = b""
        self.free = room
        self.now = 0.0
        self.heard = threading.Event()
        self._out = b""

    def receive(self, octets: bytes) -> None:
        self.got += octets
        self.free -= len(octets)
        self._out += octets.upper()
        self.heard.set()

    def transmit(self) -> bytes:
        out, self._out = self._out, b""
        return out

    def advance(self, now_mono: float) -> None:
        self.now = now_mono

    def room(self) -> int:
        return max(0, self.free)

    def say(self, octets: bytes) -> None:
        self._out += octets


def read_all(port: Port, count: int) -> bytes:
    got = b""
    for _ in range(100):
        got += port.read(100, WAIT_S / 100)
        if len(got) >= count:
            break
    return got


def test_a_pty_carries_both_ways_and_the_device_may_speak_first(tmp_path: Path) -> None:
    model = Echo()
    with PtyHost(model, tmp_path / "tty") as host:
        port = open_port(str(host.link), SerialLine())
        port.write(b"a\x00\x0d\x03\x11\xff", 1)
        assert read_all(port, 6) == b"A\x00\x0d\x03\x11\xff", "raw: no byte is special"
        with host.lock:
            model.say(b"on my own")
        assert read_all(port, 9) == b"on my own"
        port.close()


def test_a_pulled_pty_is_gone_for_its_reader_and_another_can_be_plugged_in(tmp_path: Path) -> None:
    host = PtyHost(Echo(), tmp_path / "tty")
    host.plug()
    port = open_port(str(host.link), SerialLine())
    host.pull()
    assert not host.link.is_symlink()
    with pytest.raises(DeviceError):
        for _ in range(3):
            port.read(1, 0.1)
    port.close()
    with pytest.raises(DeviceError):
        open_port(str(host.link), SerialLine())
    host.plug()
    port = open_port(str(host.link), SerialLine())
    port.write(b"again", 1)
    assert read_all(port, 5) == b"AGAIN"
    port.close()
    host.pull()
    host.pull()


def test_a_tcp_host_keeps_its_port_and_serves_the_next_connection() -> None:
    host = TcpHost(Echo())
    host.plug()
    url = host.url
    for _ in range(2):
        port = open_port(url, SerialLine())
        port.write(b"hello", 1)
        assert read_all(port, 5) == b"HELLO"
        port.close()
    port = open_port(url, SerialLine())
    port.write(b"x", 1)
    assert read_all(port, 1) == b"X"
    host.pull()
    with pytest.raises(DeviceError):
        for _ in range(3):
            port.read(1, 0.1)
    port.close()
    host.plug()
    assert host.url == url
    open_port(url, SerialLine()).close()
    host.pull()


class TornWire:
    """Fails at the second look."""

    def __init__(self) -> None:
        self.closed = threading.Event()
        self._looks = 0

    def take(self, n: int, timeout_s: float) -> bytes:
        self._looks += 1
        if self._looks > 1:
            raise OSError("torn")
        return b"x"

    def give(self, octets: bytes) -> None:
        pass

    def close(self) -> None:
        self.closed.set()


def test_a_cable_that_breaks_is_told_and_can_be_plugged_in_anew(caplog: pytest.LogCaptureFixture) -> None:
    wires = [TornWire(), TornWire()]
    model = Echo()
    cable = _Cable(model, None)
    for wire in wires:
        assert not cable.running
        cable.start(wire)
        assert wire.closed.wait(WAIT_S)
        for _ in range(100):
            if not cable.running:
                break
            threading.Event().wait(WAIT_S / 100)
    assert model.got == b"xx"
    assert caplog.text.count("the cable of Echo is broken: torn") == 2


def test_a_tcp_port_that_is_taken_is_named() -> None:
    with TcpHost(Echo()) as host, pytest.raises(DeviceError, match=str(host.port)):
        TcpHost(Echo(), host.port).plug()


def test_a_full_device_holds_the_writer_up_as_flow_control_does(tmp_path: Path) -> None:
    model = Echo(room=100)
    with PtyHost(model, tmp_path / "tty") as host:
        port = open_port(str(host.link), SerialLine())
        with pytest.raises(DeviceError, match="writing failed"):
            port.write(bytes(100_000), 0.3)
        assert len(model.got) == 100
        port.close()


# --- sim:// ---


def sim() -> tuple[SimPorts, Echo, HandClock]:
    clock = HandClock()
    ports, model = SimPorts(clock), Echo()
    assert ports.add("echo", model) == "sim://echo"
    return ports, model, clock


def test_a_simulated_port_brings_its_model_to_now_and_carries_both_ways() -> None:
    ports, model, clock = sim()
    port = ports.open_port("sim://echo", SerialLine())
    clock.now = 2000.0
    port.write(b"hello", 0)
    assert model.now == 2000.0
    assert port.read(2, 0) == b"HE" and port.read(100, 0) == b"LLO" and port.read(1, 0) == b""


def test_a_simulated_port_has_one_holder() -> None:
    ports, _, _ = sim()
    port = ports.open_port("sim://echo", SerialLine())
    with pytest.raises(DeviceError, match="another program"):
        ports.open_port("sim://echo", SerialLine())
    port.close()
    ports.open_port("sim://echo", SerialLine()).close()


def test_a_pulled_handle_stays_dead_after_the_replug() -> None:
    ports, model, _ = sim()
    port = ports.open_port("sim://echo", SerialLine())
    ports.pull("echo")
    with pytest.raises(DeviceError):
        ports.open_port("sim://echo", SerialLine())
    ports.plug("echo")
    with pytest.raises(DeviceError):
        port.read(1, 0)
    with pytest.raises(DeviceError):
        port.write(b"x", 0)
    port.close()
    ports.open_port("sim://echo", SerialLine()).write(b"y", 0)
    assert model.got == b"y"


def test_a_cut_lets_exactly_so_many_bytes_through() -> None:
    ports, model, _ = sim()
    port = ports.open_port("sim://echo", SerialLine())
    ports.cut_after("echo", 7)
    port.write(b"12345", 0)
    with pytest.raises(DeviceError):
        port.write(b"67890", 0)
    assert model.got == b"1234567"


def test_a_stopped_device_takes_what_it_has_room_for() -> None:
    ports, model, _ = sim()
    model.free = 3
    port = ports.open_port("sim://echo", SerialLine())
    with pytest.raises(DeviceError, match="takes no bytes"):
        port.write(b"12345", 0)
    assert model.got == b"123"


def test_a_thread_that_waits_on_a_simulated_port_is_woken_by_what_comes() -> None:
    ports = SimPorts(SystemClock())
    model = Echo()
    port = ports.open_port(ports.add("echo", model), SerialLine())
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(port.read(10, WAIT_S)))
    reader.start()
    with ports.lock:
        model.say(b"hello")
    reader.join(WAIT_S)
    assert got == [b"hello"]


def test_an_unknown_name_is_an_empty_socket_and_other_addresses_are_real(tmp_path: Path) -> None:
    ports, _, _ = sim()
    with pytest.raises(DeviceError, match="nothing is plugged in"):
        ports.open_port("sim://nobody", SerialLine())
    file = tmp_path / "journal"
    port = ports.open_port(f"file://{file}", SerialLine())
    port.write(b"x", 1)
    port.close()
    assert file.read_bytes() == b"x"
