"""One RS-485 bus of lock boards: one question at a time, orders before looks, nothing ever sent twice (devices 8.7).

Each `drivers/locker_*` gives it the protocol of its boards and the port; this is what all of them share. It knows
contacts, not doors: what a contact means is the cell map's business (`model/door.py`).
"""

from __future__ import annotations

import logging
import math
from collections import deque

from pydantic import BaseModel, ConfigDict, Field, field_validator

from edge.codec.lock_board import Heard, LockBoard
from edge.errors import CodecError, DeviceError
from edge.lock_exchange import CHUNK, SILENCE_S, Exchange
from edge.lock_watch import AT_ONCE, BoardWatch
from edge.messages import BoardFound, BoardLost, BoardRead, CommandRefused, DoorPulsed, Outcome, PulseDoor
from edge.ports import DeviceContext, Port, SerialLine

WRITE_S = 0.2
PULSE_GAP_S = 0.3
"""Two solenoids at once, and the 12 V supply sags (devices 8.7)."""
REST_S = 0.1
"""After "all off", whose answer is of no interest."""
TURN_S = 0.02
"""Between two frames: the adapter turns round."""
STALE_READS = 16
ONE = 1
"""The lock that is asked alone; each board has it."""
LISTEN_S = 0.005
"""How often an answer is looked for where reads do not wait: in the simulation."""
STALE_S = 1.0
"""An order that the channel did not deliver within this is dropped by it: a kernel would repeat it for a quarter of an
hour, and open a door when the link is back.
"""
VAIN_LOOKS = 2
"""Looks in a row that meet silence after an order that got no answer: it may lie in a buffer of the converter or of the
kernel still. One may be a board that hears nothing while its coil is under power.
"""
REFUSED, UNANSWERED = "the board refused", "the board did not answer"
"""Why an order that left may have done nothing."""
ORDERS_MAX = 64
"""At three pulses a second most of them will have expired; what comes on top is refused, so that its sender knows."""
BOARDS_MAX = 32
"""On one bus: what RS-485 drives."""
BOARDS = Field(min_length=1, max_length=BOARDS_MAX, description="the boards' addresses, such as [1, 2]")

_log = logging.getLogger("edge.locks")


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


class LockBus:
    """A device (see `edge.ports.Device`). Obeys PulseDoor; posts BoardRead, BoardLost, BoardFound and DoorPulsed.

    A pulse is written once at most: what became of it, the next looks tell.
    """

    def __init__(self, settings: BusSettings, protocol: LockBoard, context: DeviceContext) -> None:
        self._settings = settings
        self._protocol = protocol
        self._context = context
        self._port: Port | None = None
        self._boards: dict[int, BoardWatch] = {}
        self._orders: deque[PulseDoor] = deque()
        self._exchange: Exchange | None = None
        self._answered: BoardWatch | None = None
        """Whose answer ended the last exchange: what lies there before the next one is a second answer."""
        self._resting: deque[int] = deque()
        """Boards that were not told yet that all outputs are to be off: before anything else."""
        self._echoes: bool | None = None
        """Whether the adapter hears itself; None: nobody has seen yet."""
        self._asks_one: BoardWatch | None = None
        """Whose answer was the question itself: one of its locks is asked, which tells an answer from an echo."""
        self._vain: int | None = None
        """Looks since an order that nothing was heard of, not even of another board; None: there is no such order."""
        self._free_mono = self._pulse_mono = -math.inf

    def open(self) -> None:
        now = self._context.clock.mono()
        self._port = self._context.open_port(self._settings.port, SerialLine(self._settings.baud, stale_s=STALE_S))
        self._boards = {address: self._watch(address, now) for address in self._settings.boards}
        self._exchange = self._answered = None
        self._echoes = self._asks_one = None
        self._vain = None
        self._free_mono = now
        self._resting = deque(self._boards if self._protocol.rest is not None else ())

    def _watch(self, address: int, now: float) -> BoardWatch:
        name, wall = self._context.name, self._context.wall
        locks = tuple(place.lock for place in wall.on(name, address))
        known = self._boards.get(address)
        return BoardWatch(
            address, self._protocol, wall.wiring(name, address), locks, look_mono=now,
            deadline_s=self._protocol.state_s, groups=None if known is None else known.groups,
        )  # fmt: skip

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

    # --- for a technician ------------------------------------------------------------------------------------------

    @property
    def protocol(self) -> LockBoard:
        return self._protocol

    def look_now(self, address: int) -> None:
        """Ask this board next, and tell what it answers for some seconds, changed or not."""
        self._boards[address].pulsed(self._context.clock.mono())

    def trouble(self, address: int) -> str:
        """Why this board is lost; empty: it is not."""
        board = self._boards[address]
        return board.reason if board.lost else ""

    # --- one piece of work -----------------------------------------------------------------------------------------

    def _work(self, port: Port) -> float:
        self._take_orders()
        now = self._context.clock.mono()
        self._drop_orders(now)
        if self._exchange is not None:
            self._listen(port, self._exchange, now)
        elif now >= self._free_mono:
            self._begin(port, now)
        now = self._context.clock.mono()
        self._drop_orders(now)
        return self._pause_s(now)

    def _take_orders(self) -> None:
        while (command := self._context.inbox.take()) is not None:
            if not isinstance(command, PulseDoor):
                self._context.post(CommandRefused(self._context.name, command))
            elif command.device == self._context.name:
                if len(self._orders) < ORDERS_MAX:
                    self._orders.append(command)
                else:
                    self._context.post(CommandRefused(self._context.name, command))

    def _begin(self, port: Port, now: float) -> None:
        if self._resting and self._protocol.rest is not None:
            port.write(self._protocol.rest(self._resting.popleft()), WRITE_S)
            self._free_mono = now + REST_S
            return
        self._hear_stale(port)
        order = self._ready_order()
        if order is not None and now >= self._pulse_mono + PULSE_GAP_S:
            self._orders.remove(order)
            self._pulse(port, order, now)
            return
        board = self._next_board()
        if board is not None and board.look_mono <= now:
            is_one = board is self._asks_one and self._protocol.state_one is not None
            asked = self._question(board.address, is_one=is_one)
            self._ask(port, Exchange(board, asked, now, now + board.patience_s, is_one=is_one))

    def _drop_orders(self, now: float) -> None:
        """Those that must not begin any more: they would open a door behind somebody's back, or a second one."""
        kept: deque[PulseDoor] = deque()
        for order in self._orders:
            board = self._boards.get(order.board)
            if board is None:
                known = f"one of {[*self._boards]}"
                error = CodecError("there is no such board on this bus", expected=known, got=str(order.board))
                self._ended(order, Outcome.FAILED, str(error))
            elif now > order.expires_mono:
                self._ended(order, Outcome.NOT_STARTED, "it came too late")
            elif board.lost:
                self._ended(order, Outcome.NOT_STARTED, board.reason)
            else:
                kept.append(order)
                if not board.is_sure:
                    board.look_mono = min(board.look_mono, now)
        self._orders = kept

    def _ready_order(self) -> PulseDoor | None:
        """The first to a board of which nothing is in doubt; the others wait for its next look, which comes at once."""
        return next((order for order in self._orders if self._boards[order.board].is_sure), None)

    def _next_board(self) -> BoardWatch | None:
        """Whose look is due first; while somebody stands at a door nobody waits for a board that is lost."""
        known = [board for board in self._boards.values() if not (self._orders and board.lost)]
        return min(known, key=lambda board: board.look_mono, default=None)

    def _pulse(self, port: Port, order: PulseDoor, now: float) -> None:
        try:
            frame = self._protocol.unlock(order.board, order.lock)
        except CodecError as error:
            self._ended(order, Outcome.FAILED, str(error))
            return
        self._pulse_mono = now
        exchange = Exchange(self._boards[order.board], frame, now, now + self._protocol.answer_s, order)
        try:
            self._ask(port, exchange)
        except DeviceError as error:
            self._ended(order, Outcome.UNKNOWN, str(error))
            raise

    def _question(self, address: int, *, is_one: bool) -> bytes:
        if is_one and self._protocol.state_one is not None:
            return self._protocol.state_one(address, ONE)
        return self._protocol.state(address)

    def _ask(self, port: Port, exchange: Exchange) -> None:
        self._answered = None
        port.write(exchange.asked, WRITE_S)
        self._exchange = exchange

    def _hear_stale(self, port: Port) -> None:
        """What lies there still is an answer to something older, or a second one to it."""
        stale = bytearray()
        for _ in range(STALE_READS):
            received = port.read(CHUNK, 0)
            if not received:
                break
            stale += received
        before = self._answered
        if before is not None and stale:
            heard = Heard(bytes(stale[-CHUNK:]), True, before.groups, self._echoes is False)
            before.pair |= self._protocol.read_state(before.address, heard) is not None

    def _listen(self, port: Port, exchange: Exchange, now: float) -> None:
        wait_s = min(self._context.patience_s, SILENCE_S, max(0.0, exchange.deadline_mono - now))
        try:
            received = port.read(CHUNK, wait_s)
        except DeviceError as error:
            if exchange.pulse is not None:
                self._ended(exchange.pulse, Outcome.UNKNOWN, str(error))
            raise
        now = self._context.clock.mono()
        if received:
            exchange.hear(received, now)
            self._vain = None  # what comes behind an order on this line has gone the same way: it has left, too
        is_over = now >= exchange.deadline_mono
        if exchange.is_one:
            is_done = self._hear_one(exchange, now, is_over=is_over)
        elif exchange.pulse is None:
            is_done = self._hear_look(exchange, now, is_over=is_over)
        else:
            is_done = self._hear_pulse(exchange, exchange.pulse, now, is_over=is_over)
        if is_done or is_over:
            self._exchange = None
            self._free_mono = now + TURN_S

    # --- answers ---------------------------------------------------------------------------------------------------

    def _hear_look(self, exchange: Exchange, now: float, *, is_over: bool) -> bool:
        board, name = exchange.board, self._context.name
        octets = exchange.answer(echoes=self._echoes)
        is_cut = len(octets) < len(exchange.octets)
        deaf = self._echoes is False or is_cut
        contacts = board.contacts(octets, silent=exchange.is_silent(now), over=is_over, deaf=deaf)
        if contacts is None:
            if is_over and self._may_be_echo(exchange):
                self._asks_one, board.look_mono = board, AT_ONCE
                return True
            if is_over:
                self._missed(board, b"" if octets == exchange.asked else octets, now)
            return False
        if is_cut:
            self._echoes = True
        self._answered = board
        was_lost = board.lost
        is_told = board.answered(contacts, now, took_s=exchange.heard_mono - exchange.asked_mono)
        if was_lost and not board.lost:
            _log.info("%s: board %d answers again", name, board.address)
            self._context.post(BoardFound(name, board.address))
        if is_told:
            self._context.post(BoardRead(name, board.address, contacts, exchange.asked_mono))
        return True

    def _may_be_echo(self, exchange: Exchange) -> bool:
        """All that came is the question: an answer that looks like it, or what the adapter heard of it."""
        is_told_apart = self._protocol.state_one is not None and self._echoes is not False
        return is_told_apart and exchange.asked in exchange.octets

    def _hear_one(self, exchange: Exchange, now: float, *, is_over: bool) -> bool:
        """What this lock's contact is does not matter: all of them are asked next."""
        assert self._protocol.read_one is not None
        board, octets = exchange.board, bytes(exchange.octets)
        heard = Heard(octets, exchange.is_silent(now), board.groups)
        is_told = self._protocol.read_one(board.address, ONE, heard) is not None
        if is_told:
            # Nothing but the answer, which is as long as its question: this adapter does not hear itself.
            is_alone = len(octets) == len(exchange.asked)
            self._echoes = True if exchange.asked in octets else False if is_alone else None
            board.look_mono = AT_ONCE
        elif is_over:
            self._missed(board, octets.replace(exchange.asked, b""), now)
        if is_told or is_over:
            self._asks_one = None
        return is_told

    def _missed(self, board: BoardWatch, octets: bytes, now: float) -> None:
        if board.unanswered(octets, now):
            _log.warning("%s: %s", self._context.name, board.reason)
            self._context.post(BoardLost(self._context.name, board.address, board.reason))
        self._refuse_to_wait()

    def _refuse_to_wait(self) -> None:
        """Raises DeviceError, after which the port is closed and what lies in it is dropped, and opened anew.

        But first another board is asked: where it answers it is one board that is silent, and nothing waits.
        """
        if self._vain is None:
            return
        self._vain += 1
        now = self._context.clock.mono()
        for board in self._boards.values():
            board.look_mono = min(board.look_mono, now) if not board.missed else board.look_mono
        if self._vain >= VAIN_LOOKS:
            raise DeviceError(
                "an order and the questions after it met silence: it may lie in a buffer and must not come out later",
                where=self._settings.port, cure="Check the converter, its cable and the boards' power.",
            )  # fmt: skip

    def _hear_pulse(self, exchange: Exchange, order: PulseDoor, now: float, *, is_over: bool) -> bool:
        """All bytes left the box: whether the door opened, the next looks tell."""
        heard = Heard(exchange.answer(echoes=self._echoes), exchange.is_silent(now), exchange.board.groups)
        answer = self._protocol.read_unlock(order.board, order.lock, heard)
        if answer is None and not is_over:
            return False
        exchange.board.pulsed(now)
        self._vain = None if exchange.octets else 0
        self._ended(order, Outcome.DONE, {True: "", False: REFUSED, None: UNANSWERED}[answer])
        return True

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
        board = self._next_board()
        due = math.inf if board is None else board.look_mono
        if self._ready_order() is not None:
            due = min(due, self._pulse_mono + PULSE_GAP_S)
        return max(0.0, max(due, self._free_mono) - now)
