"""Input nodes as a kernel has them, in place of what python-evdev opens: grabs, permissions, unplugging."""

from __future__ import annotations

import errno
import os

from edge.codec.input_event import SIZE_64, InputEvent, InputEventDecoder


class InputKernel:
    """The nodes under /dev/input by path. `open` is what evdev.InputDevice is called as."""

    def __init__(self) -> None:
        self._nodes: dict[str, KernelNode] = {}
        self.forbidden: set[str] = set()

    def plug(self, path: str) -> KernelNode:
        node = self._nodes[path] = KernelNode()
        return node

    def unplug(self, path: str) -> None:
        self._nodes.pop(path).unplug()

    def open(self, path: str) -> OpenedNode:
        if path in self.forbidden:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        if path not in self._nodes:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        return OpenedNode(self._nodes[path])


class KernelNode:
    """One device: what it types goes to whoever has it open."""

    def __init__(self) -> None:
        self.plugged = True
        self.grabbed_by: object | None = None
        self._opened: list[OpenedNode] = []

    def attach(self, opened: OpenedNode) -> None:
        self._opened.append(opened)

    def detach(self, opened: OpenedNode) -> None:
        self._opened.remove(opened)
        if self.grabbed_by is opened:
            self.grabbed_by = None

    def deliver(self, octets: bytes) -> None:
        """Key events of the device; a grab keeps them from all others."""
        for opened in self._opened:
            if self.grabbed_by in (None, opened):
                opened.hear(octets)

    def unplug(self) -> None:
        self.plugged = False
        for opened in self._opened:
            opened.hang_up()


class OpenedNode:
    """An open file of a node, with the methods of evdev.InputDevice that are common to 1.6.1 and 2.0."""

    def __init__(self, node: KernelNode) -> None:
        self._node = node
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        self._decoder = InputEventDecoder(SIZE_64)
        node.attach(self)

    def fileno(self) -> int:
        return self._reading

    def grab(self) -> None:
        if self._node.grabbed_by not in (None, self):
            raise OSError(errno.EBUSY, "Device or resource busy")
        self._node.grabbed_by = self

    def read_one(self) -> InputEvent | None:
        if not self._node.plugged:
            raise OSError(errno.ENODEV, "No such device")
        try:
            octets = os.read(self._reading, SIZE_64)
        except BlockingIOError:
            return None
        return self._decoder.feed(octets)[0]

    def close(self) -> None:
        self._node.detach(self)
        self.hang_up()
        os.close(self._reading)

    def hear(self, octets: bytes) -> None:
        os.write(self._writing, octets)

    def hang_up(self) -> None:
        if self._writing >= 0:
            os.close(self._writing)
            self._writing = -1
