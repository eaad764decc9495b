"""The byte channels a device can hang on: serial, USB printer node, TCP, file. The only code that opens their paths."""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import termios
from pathlib import Path
from urllib.parse import urlsplit

import serial

from edge.clock import SystemClock
from edge.errors import DeviceError, DeviceInUse
from edge.model.found_port import tcp_address
from edge.ports import Port, SerialLine
from edge.sound_card import SCHEME as SOUND_CARD
from edge.sound_card import SoundCardPort

CONNECT_TIMEOUT_S = 2.0
_CHUNK = 4096
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)
"""`struct linger`: on, no seconds. The kernel drops what was not delivered, and so does the other end."""


def open_port(url: str, line: SerialLine) -> Port:
    """Open a channel by its address (see `edge.ports.OpenPort`); raises DeviceError with what to do."""
    if url.startswith("tcp://"):
        return _TcpPort(url, line)
    if url.startswith("file://"):
        return _FilePort(url)
    if url.startswith(SOUND_CARD):
        return SoundCardPort(url)
    if url.startswith("/dev/usb/lp"):
        return _NodePort(url)
    if url.startswith("sim://"):
        raise DeviceError("a simulated device is opened by edge run, check or demo only", where=url)
    return _SerialPort(url, line)


class _SerialPort:
    """A tty, a pty or any pyserial URL, raw, opened exclusively."""

    def __init__(self, url: str, line: SerialLine) -> None:
        self._url, self._forgets = url, line.stale_s is not None
        try:
            self._serial = serial.serial_for_url(
                url, baudrate=line.baud, bytesize=line.bits, parity=line.parity, stopbits=line.stop_bits,
                timeout=0, write_timeout=None, exclusive=True, dsrdtr=False,
            )  # fmt: skip
        except (serial.SerialException, OSError, ValueError, termios.error) as error:
            raise _not_opened(error, f"cannot open the port: {_reason(error)}", url, "Check the cable.") from error
        self._forget()  # what a process left there that died

    def read(self, n: int, timeout_s: float) -> bytes:
        try:
            if self._serial.timeout != timeout_s:
                self._serial.timeout = timeout_s
            first: bytes = self._serial.read(1)
            if not first or n == 1:
                return first
            return first + bytes(self._serial.read(min(n - 1, self._serial.in_waiting)))
        except (serial.SerialException, OSError, TypeError, termios.error) as error:
            raise DeviceError(f"the port is gone: {error}", where=self._url) from error

    def write(self, octets: bytes, timeout_s: float) -> None:
        try:
            if self._serial.write_timeout != timeout_s:
                self._serial.write_timeout = timeout_s
            self._serial.write(octets)
        except (serial.SerialException, OSError, TypeError, termios.error) as error:
            raise DeviceError(f"writing failed: {error}", where=self._url) from error

    def close(self) -> None:
        self._forget()
        self._serial.close()

    def _forget(self) -> None:
        if not self._forgets:
            return
        try:
            self._serial.reset_output_buffer()
        except (serial.SerialException, OSError, TypeError, termios.error):
            return  # it is gone, and its buffer with it; the next read says so


def _not_opened(error: Exception, what: str, url: str, cure: str) -> DeviceError:
    """A lock that pyserial did not get, and a printer node, which has one reader, say that somebody else is at it."""
    if getattr(error, "errno", None) in (errno.EAGAIN, errno.EBUSY):
        return DeviceInUse("another program holds the port", where=url, cure="Stop that program.")
    return DeviceError(what, where=url, cure=cure)


def _address(url: str) -> tuple[str, int]:
    if (address := tcp_address(url)) is None:
        raise DeviceError("this is not an address", where=url, expected="tcp://host:port with a port of 1 to 65535")
    return address


def _reason(error: Exception) -> str:
    """pyserial repeats number, path and text; the text is enough for a person."""
    number = getattr(error, "errno", None)
    return os.strerror(number) if isinstance(number, int) else str(error)


class _TcpPort:
    """A raw printing port (9100) or a serial converter.

    A printer without paper shuts its window for minutes, and its receipt waits in the kernel; an order to a lock must
    not: the kernel repeats it when the link is back. `SerialLine.stale_s` tells the two apart.
    """

    def __init__(self, url: str, line: SerialLine) -> None:
        self._url = url
        host, port = _address(url)
        try:
            self._socket = socket.create_connection((host, port), CONNECT_TIMEOUT_S)
        except OSError as error:
            raise DeviceError(f"cannot connect: {error}", where=url, cure="Is it switched on?") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if line.stale_s is not None:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(line.stale_s * 1000))
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)

    def read(self, n: int, timeout_s: float) -> bytes:
        try:
            ready, _, _ = select.select([self._socket], [], [], timeout_s)
            if not ready:
                return b""
            octets = self._socket.recv(n)
        except (OSError, ValueError) as error:
            raise DeviceError(f"the connection broke: {error}", where=self._url) from error
        if not octets:
            raise DeviceError("the device closed the connection", where=self._url)
        return octets

    def write(self, octets: bytes, timeout_s: float) -> None:
        try:
            self._socket.settimeout(timeout_s)
            self._socket.sendall(octets)
        except OSError as error:
            raise DeviceError(f"writing failed: {error}", where=self._url) from error

    def close(self) -> None:
        self._socket.close()


class _NodePort:
    """A kernel `usblp` node: read and write without blocking, so that paper out cannot hang the worker."""

    def __init__(self, path: str) -> None:
        self._path = path
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            raise _not_opened(error, f"cannot open the printer: {error}", path, "Check cable and power.") from error

    def read(self, n: int, timeout_s: float) -> bytes:
        try:
            ready, _, _ = select.select([self._fd], [], [], timeout_s)
            return os.read(self._fd, n) if ready else b""
        except BlockingIOError:
            return b""
        except OSError as error:
            raise DeviceError(f"the printer is gone: {error}", where=self._path) from error

    def write(self, octets: bytes, timeout_s: float) -> None:
        view, clock = memoryview(octets), SystemClock()
        deadline = clock.mono() + timeout_s
        while view:
            try:
                _, ready, _ = select.select([], [self._fd], [], max(0.0, deadline - clock.mono()))
                if not ready:
                    raise DeviceError("the printer takes no bytes", where=self._path, got=f"{len(view)} left")
                view = view[os.write(self._fd, view[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise DeviceError(f"writing failed: {error}", where=self._path) from error

    def close(self) -> None:
        os.close(self._fd)


class _FilePort:
    """An electronic journal: bytes are appended and on the disk when `write` returns. It never answers."""

    def __init__(self, url: str) -> None:
        self._path = Path(urlsplit(url).path)
        try:
            self._file = self._path.open("ab", buffering=0)
        except OSError as error:
            raise DeviceError(f"cannot open the file: {error}", where=str(self._path)) from error

    def read(self, n: int, timeout_s: float) -> bytes:
        return b""

    def write(self, octets: bytes, timeout_s: float) -> None:
        try:
            self._file.write(octets)
            os.fsync(self._file.fileno())
        except OSError as error:
            raise DeviceError(f"writing failed: {error}", where=str(self._path)) from error

    def close(self) -> None:
        self._file.close()
