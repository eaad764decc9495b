"""Files that come with a form and files that are taken along: a block at a time, never the whole in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from edge.codec.multipart import Multipart, Part, boundary_of
from edge.errors import BackupRefused, CodecError, StoreError
from edge.web.site import Sink

FILE = "file"
"""The field of a form that is a file."""
MAX_FIELD_OCTETS = 4_096
MISSING, NO_ROOM = "missing", "room"


@dataclass(slots=True)
class Sent:
    """`refused`: why the file was not taken, a word of `file.` in the page's words; empty: it was."""

    fields: dict[str, str] = field(default_factory=dict)
    sink: Sink | None = None
    refused: str = ""

    @property
    def path(self) -> str:
        return str(self.sink.path) if self.sink is not None else ""

    def drop(self) -> None:
        if self.sink is not None:
            self.sink.drop()


async def read_sent(request: Request, sink_for: Callable[[Mapping[str, str]], Sink]) -> Sent:
    """A form with a file. `sink_for` sees the fields that stand before the file, and refuses who may not send one.

    What comes after a file that is not taken is read and forgotten: a browser shows no answer before it has sent all.
    """
    boundary = boundary_of(request.headers.get("content-type", ""))
    if boundary is None:
        raise HTTPException(422)
    form, sent, reading = Multipart(boundary), Sent(), _Reading()
    try:
        async for block in request.stream():
            for found in form.feed(block):
                await _take(found, sent, reading, sink_for)
        if sent.sink is not None:
            await run_in_threadpool(sent.sink.close)
    except CodecError as error:
        await run_in_threadpool(sent.drop)
        raise HTTPException(422) from error
    except BaseException:
        sent.drop()  # who sent it is gone, or may not
        raise
    sent.fields = {name: octets.decode("utf-8", "replace") for name, octets in reading.fields.items()}
    if not sent.refused and (not form.is_over or not reading.octets):
        sent.refused = MISSING
    if sent.refused:
        await run_in_threadpool(sent.drop)
    return sent


@dataclass(slots=True)
class _Reading:
    """`octets` of the file so far; `name` of the part that comes."""

    fields: dict[str, bytes] = field(default_factory=dict)
    name: str = ""
    octets: int = 0


async def _take(
    found: Part | bytes, sent: Sent, reading: _Reading, sink_for: Callable[[Mapping[str, str]], Sink]
) -> None:
    if isinstance(found, Part):
        reading.name = found.name
        if found.name != FILE:
            reading.fields[found.name] = b""
        elif sent.sink is None:
            sent.sink = sink_for({name: octets.decode("utf-8", "replace") for name, octets in reading.fields.items()})
        return
    if reading.name != FILE:
        reading.fields[reading.name] += found
        if len(reading.fields[reading.name]) > MAX_FIELD_OCTETS:
            raise CodecError("a field that is too long", where=reading.name[:40])
    elif not sent.refused:
        reading.octets += len(found)
        sent.refused = await run_in_threadpool(_refusal, sent.sink, found)


def _refusal(sink: Sink | None, octets: bytes) -> str:
    assert sink is not None
    try:
        sink.write(octets)
    except BackupRefused as error:
        return error.code
    except StoreError:
        return NO_ROOM
    return ""
