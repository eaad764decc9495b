"""What an ESC/POS printer says about itself: answers to DLE EOT and GS r, and automatic status blocks (ASB).

    asked 10 04 n   0xx1 xx10    one byte; what its bits mean depends on n
    asked 1D 72 1   0xx0 ppnn    one byte; p paper end, n near end
    unasked (ASB)   0xx1 xx00  0xx0 xxxx  0xx0 xxxx  0xx0 xxxx
    flow control    0001 0001 go (XON)    0001 0011 stop (XOFF)

The fixed bits tell all four apart, even when another byte falls between those of a block. Devices 5.2, 5.3; ASB bytes
2 to 4 by Epson's convention. Clones answer 00, FF or nothing: that is "not known", never "paper out".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from edge.errors import CodecError


class Ask(IntEnum):
    """The n of `10 04 n`. Ask one at a time: the answer does not say which it belongs to."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    PAPER = 4


REQUESTS = {ask: bytes((0x10, 0x04, ask)) for ask in Ask}
REQUEST_PAPER_SENSOR = b"\x1d\x72\x01"
ASB_ON = b"\x1d\x61\x0f"
"""Drawer, online, error and paper."""
ASB_OFF = b"\x1d\x61\x00"

ASB_SIZE = 4
ASB_SILENCE_S = 0.5
"""A block whose next byte is not there after this long is given up: call `give_up_block`."""

XON = 0x11
XOFF = 0x13

_NEAR_END = 0x0C
_PAPER_END = 0x60


@dataclass(frozen=True, slots=True)
class PrinterReply:
    """Answer to Ask.PRINTER."""

    drawer_pin3_high: bool
    offline: bool
    waiting_recovery: bool
    feed_button: bool


@dataclass(frozen=True, slots=True)
class OfflineCauseReply:
    """Answer to Ask.OFFLINE_CAUSE. `error`: Ask.ERROR_CAUSE knows more."""

    cover_open: bool
    feeding: bool
    paper_end_stop: bool
    error: bool


@dataclass(frozen=True, slots=True)
class ErrorCauseReply:
    """Answer to Ask.ERROR_CAUSE. `auto_recoverable`: the head is hot and will cool."""

    recoverable: bool
    cutter: bool
    unrecoverable: bool
    auto_recoverable: bool


@dataclass(frozen=True, slots=True)
class PaperReply:
    """Answer to Ask.PAPER. Each sensor sets two bits; one alone is taken for another answer that came late."""

    near_end: bool
    paper_end: bool


Reply = PrinterReply | OfflineCauseReply | ErrorCauseReply | PaperReply


@dataclass(frozen=True, slots=True)
class AutoStatus:
    """One ASB block."""

    drawer_pin3_high: bool
    offline: bool
    cover_open: bool
    feeding: bool
    waiting_recovery: bool
    feed_button: bool
    recoverable: bool
    cutter: bool
    unrecoverable: bool
    auto_recoverable: bool
    near_end: bool
    paper_end: bool


@dataclass(frozen=True, slots=True)
class RealTime:
    """A byte that answers the DLE EOT request in progress: `decode_reply` reads it."""

    octet: int


@dataclass(frozen=True, slots=True)
class PaperSensor:
    """The form of an answer to GS r 1. Believe it only if you asked: 00, which some clones always say, has it too."""

    near_end: bool
    paper_end: bool


@dataclass(frozen=True, slots=True)
class FlowControl:
    """`go` False: the printer's buffer is full, True: it takes bytes again."""

    go: bool


Heard = RealTime | AutoStatus | PaperSensor | FlowControl


def decode_reply(ask: Ask, octet: int) -> Reply:
    """One answer byte; raises CodecError when its fixed bits are wrong."""
    if not _is_reply(octet):
        raise CodecError("this is no answer to DLE EOT", expected="bits 0xx1xx10", got=f"{octet:02X}")
    bits = [bool(octet >> bit & 1) for bit in range(8)]
    match ask:
        case Ask.PRINTER:
            return PrinterReply(bits[2], bits[3], bits[5], bits[6])
        case Ask.OFFLINE_CAUSE:
            return OfflineCauseReply(bits[2], bits[3], bits[5], bits[6])
        case Ask.ERROR_CAUSE:
            return ErrorCauseReply(bits[2], bits[3], bits[5], bits[6])
        case Ask.PAPER:
            return PaperReply(octet & _NEAR_END == _NEAR_END, octet & _PAPER_END == _PAPER_END)


def decode_asb(block: bytes) -> AutoStatus:
    """One block of four bytes; raises CodecError when its length or its fixed bits are wrong."""
    if len(block) != ASB_SIZE or not _is_asb_head(block[0]) or not all(map(_is_asb_body, block[1:])):
        raise CodecError(
            "this is no status block", expected="4 bytes, 0xx1xx00 then 0xx0xxxx", got=block[:8].hex(" ").upper()
        )
    state, trouble, paper, _ = block
    return AutoStatus(
        drawer_pin3_high=bool(state & 0x04),
        offline=bool(state & 0x08),
        cover_open=bool(state & 0x20),
        feeding=bool(state & 0x40),
        waiting_recovery=bool(trouble & 0x01),
        feed_button=bool(trouble & 0x02),
        recoverable=bool(trouble & 0x04),
        cutter=bool(trouble & 0x08),
        unrecoverable=bool(trouble & 0x20),
        auto_recoverable=bool(trouble & 0x40),
        near_end=bool(paper & 0x03),
        paper_end=bool(paper & 0x0C),
    )


class StatusStream:
    """Takes apart what comes back from a printer. `garbage` counts bytes that belong to nothing."""

    def __init__(self) -> None:
        self.garbage = 0
        self._block = b""

    def feed(self, octets: bytes) -> list[Heard]:
        """All that is complete now, in order; a block begun stays for the next call."""
        return [heard for octet in octets if (heard := self._take(octet)) is not None]

    @property
    def in_block(self) -> bool:
        return bool(self._block)

    def give_up_block(self) -> None:
        """Forget a block whose end did not come within ASB_SILENCE_S."""
        self.garbage += len(self._block)
        self._block = b""

    def _take(self, octet: int) -> Heard | None:
        if octet in (XON, XOFF):
            return FlowControl(go=octet == XON)
        if _is_reply(octet):
            return RealTime(octet)
        if _is_asb_head(octet):
            self.give_up_block()
            self._block = bytes((octet,))
        elif not _is_asb_body(octet):
            self.give_up_block()
            self.garbage += 1
        elif self._block:
            return self._extend(octet)
        else:
            return PaperSensor(near_end=bool(octet & 0x03), paper_end=bool(octet & 0x0C))
        return None

    def _extend(self, octet: int) -> AutoStatus | None:
        self._block += bytes((octet,))
        if len(self._block) < ASB_SIZE:
            return None
        block, self._block = self._block, b""
        return decode_asb(block)


def _is_reply(octet: int) -> bool:
    return octet & 0x93 == 0x12


def _is_asb_head(octet: int) -> bool:
    return octet & 0x93 == 0x10


def _is_asb_body(octet: int) -> bool:
    return octet & 0x90 == 0
