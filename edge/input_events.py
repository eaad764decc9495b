"""Where key events come from: a node under /dev/input, grabbed, or any channel that carries `struct input_event`."""

from __future__ import annotations

import errno
import select
from collections.abc import Callable
from typing import Protocol

from edge.codec.input_event import SIZE_64, InputEvent, InputEventDecoder
from edge.errors import DeviceError, DeviceInUse
from edge.ports import OpenPort, Port, SerialLine

NODES = "/dev/input/"

MAX_EVENTS = 256
"""Taken in one read: two codes of 30 characters; the kernel's own buffer is no larger."""


class NodeEvent(Protocol):
    """An event as python-evdev gives it."""

    @property
    def sec(self) -> int: ...
    @property
    def usec(self) -> int: ...
    @property
    def type(self) -> int: ...
    @property
    def code(self) -> int: ...
    @property
    def value(self) -> int: ...


class InputNode(Protocol):
    """What we use of evdev.InputDevice: the common subset of 1.6.1 to 2.0 (decisions 5)."""

    def fileno(self) -> int: ...
    def grab(self) -> None: ...
    def read_one(self) -> NodeEvent | None: ...
    def close(self) -> None: ...


OpenNode = Callable[[str], InputNode]
"""Opens a path as evdev.InputDevice does; raises OSError."""


class KeyEvents(Protocol):
    """Every call raises DeviceError when the device is gone."""

    def read(self, timeout_s: float) -> list[InputEvent]:
        """Up to MAX_EVENTS that are there, after waiting at most `timeout_s` for the first."""
        ...

    def close(self) -> None: ...


def library_node(path: str) -> InputNode:
    """A node through python-evdev, which is imported here: the rest runs on machines that cannot build it."""
    try:
        from evdev import InputDevice
    except ImportError as error:
        raise DeviceError(
            "python-evdev is not installed", where=path,
            cure="Install Debian's python3-evdev, or use the scanner's virtual COM mode.",
        ) from error  # fmt: skip
    node: InputNode = InputDevice(path)
    return node


def open_events(address: str, open_port: OpenPort, open_node: OpenNode = library_node, *, noun: str) -> KeyEvents:
    """`/dev/input/…` is opened and grabbed; anything else is a channel of 24-byte events. `noun` is what a person calls
    the device, for the text of a DeviceError.
    """
    if address.startswith(NODES):
        return _GrabbedNode(address, open_node, noun)
    return _EventChannel(open_port(address, SerialLine()))


class _GrabbedNode:
    """A kernel input device that nobody else hears while we hold it; the grab dies with the descriptor."""

    def __init__(self, path: str, open_node: OpenNode, noun: str) -> None:
        self._path = path
        self._noun = noun
        try:
            self._node = open_node(path)
        except OSError as error:
            raise self._not_opened(error) from error
        try:
            self._node.grab()
        except OSError as error:
            self._node.close()
            raise self._not_grabbed(error) from error

    def read(self, timeout_s: float) -> list[InputEvent]:
        try:
            ready, _, _ = select.select([self._node.fileno()], [], [], timeout_s)
            return self._waiting() if ready else []
        except (OSError, ValueError) as error:
            gone = isinstance(error, OSError) and error.errno == errno.ENODEV
            what = f"the {self._noun} was unplugged" if gone else f"the {self._noun} cannot be read: {error}"
            raise DeviceError(what, where=self._path, cure="Plug it in again.") from error

    def close(self) -> None:
        self._node.close()

    def _waiting(self) -> list[InputEvent]:
        events: list[InputEvent] = []
        while len(events) < MAX_EVENTS:
            event = self._node.read_one()
            if event is None:
                break
            events.append(InputEvent(event.sec, event.usec, event.type, event.code, event.value))
        return events

    def _not_opened(self, error: OSError) -> DeviceError:
        if error.errno in (errno.EACCES, errno.EPERM):
            return DeviceError(
                f"no permission to read the {self._noun}", where=self._path,
                cure="Add the service's user to the group input, or give the node to it by a udev rule.",
            )  # fmt: skip
        if error.errno in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
            return DeviceError(
                f"the {self._noun} is not plugged in", where=self._path, cure="Plug it in; is the path right?"
            )
        return DeviceError(f"the {self._noun} cannot be opened: {error}", where=self._path)

    def _not_grabbed(self, error: OSError) -> DeviceError:
        if error.errno == errno.EBUSY:
            return DeviceInUse(
                f"another program holds the {self._noun}", where=self._path,
                cure="Stop the other program, or see whether two devices of the settings name the same node.",
            )  # fmt: skip
        return DeviceError(f"the {self._noun} cannot be grabbed: {error}", where=self._path, cure="Is the path right?")


class _EventChannel:
    """A byte channel whose other end speaks as the kernel does; models and ptys are such."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._decoder = InputEventDecoder(SIZE_64)

    def read(self, timeout_s: float) -> list[InputEvent]:
        return self._decoder.feed(self._port.read(MAX_EVENTS * SIZE_64, timeout_s))

    def close(self) -> None:
        self._port.close()
