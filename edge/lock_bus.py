"""One RS-485 bus of lock boards: one question at a time, orders before looks, nothing ever sent twice (devices 8.7).

Each `drivers/locker_*` gives it the protocol of its boards and the port; this is what all of them share. It knows contacts,
not doors: what a contact means is the cell map's business (`model/door.py`).
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field, field_validator

from edge.codec.lock_board import Heard, LockBoard
from edge.errors import CodecError, DeviceError
from edge.messages import BoardFound, BoardLost, BoardRead, CommandRefused, DoorPulsed, Outcome, PulseDoor
from edge.model.door import Contacts
from edge.ports import DeviceContext, Port, SerialLine

CHUNK = 256
WRITE_S = 0.2
LOOK_S, WATCH_S = 2.0, 0.4
"""Between two looks at a board: at rest, and while something has moved on it lately (decisions 3)."""
WATCHED_FOR_S = 3.0
"""After a pulse, and after the last change: every answer is told, changed or not, so that a door that stays shut shows."""
PULSE_GAP_S = 0.3
"""Two solenoids at once, and the 12 V supply sags (devices 8.7)."""
STATE_DEADLINE_S = 0.06
"""Of a look (budget 14): 16 ms of frames at 9600, and what a board thinks."""
REST_S = 0.1
"""After "all off", whose answer is of no interest."""
LOST_AFTER = 3
LOST_LOOK_S, LOST_DEADLINE_S = 5.0, 0.1
"""A board that missed so many looks is asked this rarely, for this long."""
SILENCE_S = 0.025
"""A pause that ends an answer; a USB adapter hands over what it has every 16 ms."""
TURN_S = 0.02
"""Between two frames: the adapter turns round."""
STALE_READS = 16
LISTEN_S = 0.005
"""How often an answer is looked for where reads do not wait: in the simulation."""


BOARDS_MAX = 32
"""On one bus: what RS-485 drives."""
BOARDS = Field(min_length=1, max_length=BOARDS_MAX, description="the boards' addresses, such as [1, 2]")


class BusSettings(BaseModel):
    """`boards`: the addresses on this bus, as the switches on them say; each driver bounds them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: str = Field(min_length=1)
    boards: tuple[int, ...] = BOARDS
    baud: int = Field(9600, ge=1200, le=115_200, description="bits a second, 1200 to 115200")

    @field_validator("boards")
    @classmethod
    def _differ(cls, boards: tuple[int, ...]) -> tuple[int, ...]:
        twice = next((board for index, board in enumerate(boards) if board in boards[:index]), None)
        if twice is not None:
            raise ValueError(f"two boards have one address, {twice}: set the switches of one of them to another")
        return boards


@dataclass(slots=True)
class _Board:
    """`groups`: how many bytes its contacts had last. `reason` is what a look got instead of an answer."""

    look_mono: float
    groups: int | None = None
    missed: int = 0
    lost: bool = False
    told: Contacts | None = None
    watched_until_mono: float = -math.inf
    reason: str = ""


@dataclass(slots=True)
class _Exchange:
    """A question is out. `pulse` None: a look."""

    board: int
    asked_mono: float
    deadline_mono: float
    heard_mono: float
    pulse: PulseDoor | None = None
    octets: bytearray = field(default_factory=bytearray)


class LockBus:
    """A device (see `edge.ports.Device`). Obeys PulseDoor; posts BoardRead, BoardLost, BoardFound and DoorPulsed.

    A pulse is written once at most: what became of it, the next looks tell.
    """

    def __init__(self, settings: BusSettings, protocol: LockBoard, context: DeviceContext) -> None:
        self._settings = settings
        self._protocol = protocol
        self._context = context
        self._port: Port | None = None
        self._boards: dict[int, _Board] = {}
        self._orders: deque[PulseDoor] = deque()
        self._exchange: _Exchange | None = None
        self._resting: deque[int] = deque()
        """Boards that were not told yet that all outputs are to be off: before anything else."""
        self._free_mono = self._pulse_mono = -math.inf

    def open(self) -> None:
        now = self._context.clock.mono()
        self._port = port = self._context.open_port(self._settings.port, SerialLine(self._settings.baud))
        self._boards = {address: _Board(look_mono=now) for address in self._settings.boards}
        self._exchange = None
        self._free_mono = now
        self._resting = deque(self._boards if self._protocol.rest is not None else ())

    def pump(self) -> float:
        if self._port is None:
            raise DeviceError("the lock boards are not open", where=self._settings.port)
        try:
            return self._work(self._port)
        except DeviceError:
            self._give_up_orders()
            raise

    def close(self) -> None:
        self._exchange = None
        if self._port is not None:
            self._port.close()
            self._port = None

    # --- one piece of work -----------------------------------------------------------------------------------------

    def _work(self, port: Port) -> float:
        self._take_orders()
        now = self._context.clock.mono()
        if self._exchange is not None:
            self._listen(port, self._exchange, now)
        elif now >= self._free_mono:
            self._begin(port, now)
        return self._pause_s(self._context.clock.mono())

    def _take_orders(self) -> None:
        while (command := self._context.inbox.take()) is not None:
            if not isinstance(command, PulseDoor):
                self._context.post(CommandRefused(self._context.name, command))
            elif command.device == self._context.name:
                self._orders.append(command)

    def _begin(self, port: Port, now: float) -> None:
        if self._resting and self._protocol.rest is not None:
            port.write(self._protocol.rest(self._resting.popleft()), WRITE_S)
            self._free_mono = now + REST_S
            return
        if self._orders and now >= self._pulse_mono + PULSE_GAP_S:
            self._pulse(port, self._orders.popleft(), now)
            return
        address = min(self._boards, key=lambda known: self._boards[known].look_mono)
        board = self._boards[address]
        if board.look_mono <= now and not (self._orders and board.lost):
            deadline_s = LOST_DEADLINE_S if board.lost else STATE_DEADLINE_S
            self._ask(port, self._protocol.state(address), _Exchange(address, now, now + deadline_s, now))

    def _pulse(self, port: Port, order: PulseDoor, now: float) -> None:
        if now > order.expires_mono:
            self._ended(order, Outcome.NOT_STARTED, "it came too late")
            return
        try:
            if order.board not in self._boards:
                raise CodecError("there is no such board", expected=f"one of {[*self._boards]}", got=str(order.board))
            frame = self._protocol.unlock(order.board, order.lock)
        except CodecError as error:
            self._ended(order, Outcome.FAILED, str(error))
            return
        self._pulse_mono = now
        exchange = _Exchange(order.board, now, now + self._protocol.answer_s, now, order)
        try:
            self._ask(port, frame, exchange)
        except DeviceError as error:
            self._ended(order, Outcome.UNKNOWN, str(error))
            raise

    def _ask(self, port: Port, frame: bytes, exchange: _Exchange) -> None:
        """What lies there still is an answer to something older."""
        for _ in range(STALE_READS):
            if not port.read(CHUNK, 0):
                break
        port.write(frame, WRITE_S)
        self._exchange = exchange

    def _listen(self, port: Port, exchange: _Exchange, now: float) -> None:
        wait_s = min(self._context.patience_s, SILENCE_S, max(0.0, exchange.deadline_mono - now))
        try:
            received = port.read(CHUNK, wait_s)
        except DeviceError as error:
            if exchange.pulse is not None:
                self._ended(exchange.pulse, Outcome.UNKNOWN, str(error))
            raise
        now = self._context.clock.mono()
        if received:
            exchange.octets += received
            exchange.heard_mono = now
        is_over = now >= exchange.deadline_mono
        is_silent = is_over or (bool(exchange.octets) and now - exchange.heard_mono >= SILENCE_S)
        heard = Heard(bytes(exchange.octets[-CHUNK:]), is_silent, self._boards[exchange.board].groups)
        is_done = self._hear_look(exchange, heard, now) if exchange.pulse is None else self._hear_pulse(exchange, heard)
        if is_done or is_over:
            if not is_done:
                self._unanswered(exchange, now)
            self._exchange = None
            self._free_mono = now + TURN_S

    # --- answers ---------------------------------------------------------------------------------------------------

    def _hear_look(self, exchange: _Exchange, heard: Heard, now: float) -> bool:
        contacts = self._protocol.read_state(exchange.board, heard)
        if contacts is None:
            return False
        board, name = self._boards[exchange.board], self._context.name
        if board.lost:
            self._context.post(BoardFound(name, exchange.board))
        board.missed, board.lost, board.groups = 0, False, len(contacts.locks)
        is_new = contacts != board.told
        if is_new and board.told is not None:
            board.watched_until_mono = max(board.watched_until_mono, now + WATCHED_FOR_S)
        if is_new or now < board.watched_until_mono:
            board.told = contacts
            self._context.post(BoardRead(name, exchange.board, contacts, exchange.asked_mono))
        board.look_mono = now + (WATCH_S if now < board.watched_until_mono else LOOK_S)
        return True

    def _hear_pulse(self, exchange: _Exchange, heard: Heard) -> bool:
        order = exchange.pulse
        assert order is not None
        answer = self._protocol.read_unlock(order.board, order.lock, heard)
        if answer is None:
            return False
        self._pulse_written(order, "" if answer else "the board refused")
        return True

    def _unanswered(self, exchange: _Exchange, now: float) -> None:
        if exchange.pulse is not None:
            self._pulse_written(exchange.pulse, "the board did not answer")
            return
        board = self._boards[exchange.board]
        board.missed += 1
        board.reason = _told_instead(bytes(exchange.octets))
        if board.missed >= LOST_AFTER and not board.lost:
            board.lost, board.told = True, None
            self._context.post(BoardLost(self._context.name, exchange.board, board.reason))
        board.look_mono = now + (LOST_LOOK_S if board.lost else WATCH_S)

    def _pulse_written(self, order: PulseDoor, reason: str) -> None:
        """All bytes left the box: whether the door opened, the next looks tell."""
        board, now = self._boards[order.board], self._context.clock.mono()
        board.look_mono, board.watched_until_mono = now, now + WATCHED_FOR_S
        self._ended(order, Outcome.DONE, reason)

    def _ended(self, order: PulseDoor, outcome: Outcome, reason: str) -> None:
        self._context.post(DoorPulsed(self._context.name, order.pulse, outcome, reason))

    def _give_up_orders(self) -> None:
        """The bus is gone: what was not begun must not open a door when it is back."""
        while self._orders:
            self._ended(self._orders.popleft(), Outcome.NOT_STARTED, "the lock boards are gone")
        self._exchange = None

    def _pause_s(self, now: float) -> float:
        if self._exchange is not None:
            return min(LISTEN_S, self._context.idle_s)
        due = min(board.look_mono for board in self._boards.values())
        if self._orders:
            due = min(due, self._pulse_mono + PULSE_GAP_S)
        return max(0.0, max(due, self._free_mono) - now)


def _told_instead(octets: bytes) -> str:
    """What a technician can make something of."""
    if not octets:
        return "silence"
    return f"bytes that are no answer of this board: {octets[:12].hex(' ').upper()}"
