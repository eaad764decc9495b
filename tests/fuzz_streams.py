"""Decoders of streams: however bytes are split they say the same, and after any garbage the next good frame is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from edge.codec.display_screen import screen_of
from edge.codec.escpos_status import AutoStatus, StatusStream
from edge.codec.escpos_stream import Command, CommandStream, Op
from edge.codec.input_event import SIZE_32, SIZE_64, InputEventDecoder
from edge.codec.keyboard import ALT, CTRL, RELEASE, SHIFT, AltMode, KeyDecoder
from edge.codec.line_display import DisplayKind
from edge.codec.line_scan import MAX_SCAN, SUFFIXES, ScanFramer
from edge.codec.printer_talk import StatusTalk
from edge.codec.scale import PROTOCOLS
from edge.codec.scale_frame import MAX_FRAME
from edge.messages import PrinterState

MAX_SINGLY = 2_048
"""Bytes fed one at a time: an unfinished picture is copied at each of them."""
GOOD_BLOCK = b"\x14\x00\x00\x00"
GOOD_SCAN = b"6901234567892"
GOOD_KEYS = tuple((code, value) for code in (7, 10, 11, 2) for value in (1, 0))
"""6 9 0 1, pressed and released."""
ENTER = (28, 1)
RINSE = b"\x0c" * 70
"""Ends whatever a display still waits for: longer than its longest command."""
SCREENS = {
    DisplayKind.CD5220: (b"\x1b@\x1bQA5.00\r", "5.00"),
    DisplayKind.DMD: (b"\x1b@5.00", "5.00"),
    DisplayKind.LED8: (b"\x1bQA5.00\r", "5.00"),
}
"""What shows 5.00 on a display in any state."""

SCALES = {
    "ascii": b"ST,GS,+  1.500kg\r\n",
    "cas": b"\x01\x02S 01.500kge\x03\x04",
    "nci": b"\n01.500KG\r\nS00\r\x03",
    "toledo": b"\x02-0   1500     0\r\x1e",
    "toledo_8217": b"\x0201.500\r",
    "toledo_unchecked": b"\x02-0   1500     0\r",
    "yaohua": b"\x02+00150031C\x03",
    "yaohua_command": b"\x02AB+00150031F\x03",
    "yaohua_equals": b"=005.1000",
    "yaohua_equals_normal": b"=0001.500",
}
"""What says 1.500 in each protocol of a scale."""


def singly(octets: bytes) -> Iterator[bytes]:
    return (octets[at : at + 1] for at in range(len(octets)))


def scan_lines(octets: bytes) -> None:
    """A serial scanner with each suffix; an overlong frame swallows nothing but itself."""
    for name, suffix in SUFFIXES.items():
        garbage = octets[: MAX_SCAN + 2]
        stream = garbage + suffix + GOOD_SCAN + suffix
        whole, split = ScanFramer(suffix), ScanFramer(suffix)
        frames = whole.feed(stream)
        assert frames == [frame for octet in singly(stream) for frame in split.feed(octet)], name
        assert (whole.overlong, whole.waiting) == (split.overlong, split.waiting), name
        if suffix:
            assert [frame for frame in frames if frame][-1:] == [GOOD_SCAN], name
        else:
            whole.flush()
            whole.feed(GOOD_SCAN)
            assert whole.flush() == [GOOD_SCAN], name
        assert all(len(frame) <= MAX_SCAN for frame in frames), name


def status_bytes(octets: bytes) -> None:
    whole, split = StatusStream(), StatusStream()
    stream = octets[:MAX_SINGLY] + GOOD_BLOCK
    heard = whole.feed(stream)
    assert heard == [one for octet in singly(stream) for one in split.feed(octet)]
    assert isinstance(heard[-1], AutoStatus)
    assert heard[-1].drawer_pin3_high
    assert (whole.garbage, whole.in_block) == (split.garbage, False)


def printer_answers(octets: bytes) -> None:
    """Whatever was heard before: a printer that answers its four questions is ready."""
    talk, now = StatusTalk(), 1000.0
    for piece in (octets[: len(octets) // 2], octets[len(octets) // 2 :]):
        talk.begin(now)
        talk.question(now)
        talk.expect_mark()
        talk.hear(piece, now)
        now += 1.0
    while talk.running:
        talk.question(now)
        now += 1.0
    talk.begin(now)
    while talk.question(now) is not None:
        talk.hear(b"\x12", now)
    assert talk.state is PrinterState.READY, talk.health


def typed_keys(octets: bytes, modes: tuple[AltMode, ...] = ("auto", "gbk", "unicode", "bytes")) -> None:
    """A keyboard scanner in each mode, once its modifiers are let go and what was begun has ended."""
    events = [(octets[at] | (octets[at + 1] & 1) << 8, octets[at + 1] >> 1 & 3) for at in range(0, len(octets) - 1, 2)]
    for mode in modes:
        decoder = KeyDecoder(alt_mode=mode, gs_keys=(108,), invert_case=mode == "bytes")
        for event in events[:MAX_SINGLY]:
            for text, _ in decoder.feed(event):
                text.encode()
            assert len(decoder.partial) <= MAX_SCAN
        for code in (*SHIFT, *CTRL, *ALT):
            decoder.feed((code, RELEASE))
        decoder.feed(ENTER)
        scans = [scan for event in (*GOOD_KEYS, ENTER) for scan in decoder.feed(event)]
        assert [text for text, _ in scans] == ["6901"], mode


def kernel_events(octets: bytes) -> None:
    octets = octets[:MAX_SINGLY]
    for size in (SIZE_64, SIZE_32):
        whole, split = InputEventDecoder(size), InputEventDecoder(size)
        events = whole.feed(octets)
        assert events == [event for octet in singly(octets) for event in split.feed(octet)]
        assert len(events) == len(octets) // size


def print_commands(octets: bytes) -> None:
    """No byte is lost or doubled, and the pieces do not depend on the split, but for runs of text."""
    octets = octets[:MAX_SINGLY]
    whole, split = CommandStream(), CommandStream()
    commands = whole.feed(octets)
    pieces = [command for octet in singly(octets) for command in split.feed(octet)]
    assert b"".join(command.octets for command in commands) + whole.unfinished == octets
    assert _runs(commands) == _runs(pieces)
    assert whole.unfinished == split.unfinished


def _runs(commands: list[Command]) -> list[tuple[Op, bytes]]:
    """Text that came in pieces, put together."""
    runs: list[tuple[Op, bytes]] = []
    for command in commands:
        if command.op is Op.TEXT and runs and runs[-1][0] is Op.TEXT:
            runs[-1] = (Op.TEXT, runs[-1][1] + command.octets)
        else:
            runs.append((command.op, command.octets))
    return runs


def shown_on(kind: DisplayKind) -> Callable[[bytes], Any]:
    good, text = SCREENS[kind]

    def shown(octets: bytes) -> None:
        garbage = octets[:MAX_SINGLY]
        whole, split = screen_of(kind), screen_of(kind)
        whole.feed(garbage)
        for octet in singly(garbage):
            split.feed(octet)
        assert whole.text == split.text
        whole.feed(RINSE + good)
        for octet in singly(RINSE + good):
            split.feed(octet)
        assert text in whole.text
        assert whole.text == split.text

    return shown


def scale_frames(name: str) -> Callable[[bytes], Any]:
    """A scale: no split changes what is read, and behind any garbage the next good frame tells its weight, which comes
    back.
    """
    good, make = SCALES[name], PROTOCOLS[name].decoder

    def weighed(octets: bytes) -> Any:
        stream = octets[:MAX_SINGLY] + good
        whole, split = make(), make()
        readings = whole.feed(stream)
        assert readings == [reading for octet in singly(stream) for reading in split.feed(octet)]
        assert str(readings[-1].weight) == "1.500", readings[-1]
        assert len(readings[-1].frame) <= MAX_FRAME
        return readings[-1].weight

    return weighed
