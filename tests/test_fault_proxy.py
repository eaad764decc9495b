"""The proxy against a real server and real clients on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from edge.clock import SystemClock
from edge.sim.fault_proxy import Direction, FaultProxy, Mode

PATIENCE_S = 5.0
SHORT_S = 0.15


class EchoServer:
    """Sends back what it gets; `received` is everything it ever got."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.received = bytearray()
        self.got_some = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        if self._listener.fileno() >= 0:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._echo, args=(peer,), daemon=True).start()

    def _echo(self, peer: socket.socket) -> None:
        with peer:
            while True:
                try:
                    octets = peer.recv(4096)
                    if not octets:
                        return
                    self.received += octets
                    self.got_some.set()
                    peer.sendall(octets)
                except OSError:
                    return


@pytest.fixture
def server() -> Iterator[EchoServer]:
    server = EchoServer()
    yield server
    server.close()


@pytest.fixture
def proxy(server: EchoServer) -> Iterator[FaultProxy]:
    with FaultProxy("127.0.0.1", server.port) as proxy:
        yield proxy


def connect(proxy: FaultProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), PATIENCE_S)


def read_all(client: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        octets = client.recv(count - len(received))
        if not octets:
            break
        received += octets
    return received


def ends(client: socket.socket) -> bool:
    try:
        return client.recv(4096) == b""
    except ConnectionError:
        return True


def test_bytes_pass_in_both_directions(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        client.sendall(b"a sale")
        assert read_all(client, 6) == b"a sale"


def test_a_megabyte_arrives_whole_and_in_order(proxy: FaultProxy) -> None:
    sent = bytes(n % 251 for n in range(3_000_000))
    with connect(proxy) as client:
        sender = threading.Thread(target=client.sendall, args=(sent,))
        sender.start()
        assert read_all(client, len(sent)) == sent
        sender.join(PATIENCE_S)


def test_a_cut_breaks_what_is_open_and_refuses_what_is_new(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        client.sendall(b"x")
        assert read_all(client, 1) == b"x"
        proxy.cut()
        assert ends(client)
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)


def test_after_a_cut_the_same_port_works_again(proxy: FaultProxy) -> None:
    port = proxy.port
    proxy.cut()
    proxy.pass_on()
    assert (proxy.port, proxy.mode) == (port, Mode.PASS)
    with connect(proxy) as client:
        client.sendall(b"back")
        assert read_all(client, 4) == b"back"


def test_a_black_hole_takes_everything_and_delivers_nothing(proxy: FaultProxy, server: EchoServer) -> None:
    with connect(proxy) as client:
        client.sendall(b"before")
        assert read_all(client, 6) == b"before"
        proxy.swallow()
        client.sendall(b"lost")
        client.settimeout(SHORT_S)
        with pytest.raises(TimeoutError):
            client.recv(1)
        assert bytes(server.received) == b"before"
        proxy.pass_on()
        client.settimeout(PATIENCE_S)
        assert ends(client), "a connection that lost bytes must not live on"


def test_a_delay_holds_each_byte_back(proxy: FaultProxy) -> None:
    clock = SystemClock()
    proxy.delay(SHORT_S)
    with connect(proxy) as client:
        started = clock.mono()
        client.sendall(b"slow")
        assert read_all(client, 4) == b"slow"
        assert clock.mono() - started >= 2 * SHORT_S


def test_a_packet_is_torn_after_the_given_byte(proxy: FaultProxy, server: EchoServer) -> None:
    proxy.tear_after(5)
    with connect(proxy) as client:
        client.sendall(b"123456789")
        assert ends(client)
    assert server.got_some.wait(PATIENCE_S)
    assert bytes(server.received) == b"12345"


def test_a_tear_on_the_way_down_lets_the_first_bytes_through(proxy: FaultProxy) -> None:
    proxy.tear_after(3, Direction.DOWN)
    with connect(proxy) as client:
        client.sendall(b"abcdef")
        assert read_all(client, 6) == b"abc"
    with connect(proxy) as client:
        client.sendall(b"whole")
        assert read_all(client, 5) == b"whole", "one tear is one tear"


def test_a_reset_ends_connections_and_new_ones_are_welcome(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        client.sendall(b"x")
        assert read_all(client, 1) == b"x"
        assert proxy.connections == 1
        proxy.reset()
        assert ends(client)
        assert proxy.connections == 0
    with connect(proxy) as client:
        client.sendall(b"y")
        assert read_all(client, 1) == b"y"


def test_a_target_that_is_down_ends_the_connection(server: EchoServer) -> None:
    with FaultProxy("127.0.0.1", server.port) as proxy:
        server.close()
        try:
            client = connect(proxy)
        except ConnectionResetError:  # refused before we looked: as good
            return
        with client:
            assert ends(client)


def test_a_farewell_goes_through_after_the_last_byte(proxy: FaultProxy) -> None:
    with connect(proxy) as client:
        client.sendall(b"last words")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client, 99) == b"last words"
