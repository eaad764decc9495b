"""The counter as it is this moment, and the stream that keeps a page so (product row 107).

A happening is drawn once for each language, however many look. A viewer wakes at most ten times a second.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from edge.web.feed import KEPT, Feed, Happening
from edge.web.look import Reader
from edge.web.parts import WebParts
from edge.web.words import language_of

_log = logging.getLogger("edge.page")
GATHER_S = 0.1
HEARTBEAT_S = 15.0
"""A proxy or a phone that sleeps lets go of a silent line after half a minute."""
DRAWN_KEPT = 2 * KEPT
DIGITS = 18

Drawn = Iterable[tuple[str, str, Mapping[str, Any]]]
"""(event, template, values) of each part of a page that a happening changes."""
Read = Callable[[Any], Drawn]


class Live:
    """`read` says for each kind of happening what is to be drawn."""

    def __init__(self, feed: Feed, parts: WebParts, read: Mapping[str, Read]) -> None:
        self._feed = feed
        self._parts = parts
        self._read = read
        self._drawn: OrderedDict[tuple[int, str], asyncio.Future[str]] = OrderedDict()

    async def events(self, request: Request) -> Response:
        token = request.cookies.get(self._parts.cookie)
        if not self._parts.gate.lives(token):
            return PlainTextResponse("log in first", 401)
        if self._feed.is_full:
            return PlainTextResponse("twenty look already", 503, headers={"Retry-After": "30"})
        language = language_of(request.cookies, self._parts.look.usual)
        since = request.headers.get("last-event-id") or request.query_params.get("since", "")
        stream = self._stream(token, language, _seen(since, self._feed.n))
        return StreamingResponse(stream, media_type="text/event-stream")

    async def _stream(self, token: str | None, language: str, seen: int) -> AsyncIterator[str]:
        """From the happening after `seen` on. It enters as it begins: a browser that is gone before takes no place."""
        bell = self._feed.enter()
        try:
            yield "retry: 2000\n\n"
            if seen > self._feed.n:  # of an earlier start of the terminal
                seen = self._feed.n
                yield _event("again", "")
            bell.set()
            while True:
                try:
                    await asyncio.wait_for(bell.wait(), HEARTBEAT_S)
                except TimeoutError:
                    yield ": still here\n\n"
                bell.clear()
                if not self._parts.gate.lives(token):
                    yield _event("over", "")
                    return
                came = self._feed.since(seen)
                if came and came[0].n > seen + 1:
                    yield _event("again", "")
                for happening in came:
                    seen = happening.n
                    yield f"{await self._text(happening, language)}id: {seen}\n\n"
                await asyncio.sleep(GATHER_S)
        finally:
            self._feed.leave(bell)

    async def _text(self, happening: Happening, language: str) -> str:
        """Who comes first has it drawn, the others wait for the same."""
        key = (happening.n, language)
        if (drawing := self._drawn.get(key)) is None:
            drawing = asyncio.ensure_future(run_in_threadpool(self._draw, happening, language))
            self._drawn[key] = drawing
            while len(self._drawn) > DRAWN_KEPT:
                self._drawn.popitem(last=False)
        await asyncio.wait({drawing})
        if (fault := drawing.exception()) is None:
            return drawing.result()
        # Of ours. Who looks has the whole page drawn anew, once, and whoever comes later tries this again.
        if self._drawn.pop(key, None) is not None:
            _log.error("%s cannot be drawn", happening.kind, exc_info=fault)
        return _event("again", "")

    def _draw(self, happening: Happening, language: str) -> str:
        read, look = self._read.get(happening.kind), self._parts.look
        if read is None:
            return ""
        parts = (
            (event, look.draw(template, Reader(language), **values)) for event, template, values in read(happening.what)
        )
        return "".join(_event(event, html) for event, html in parts)


def _event(event: str, html: str) -> str:
    data = "".join(f"data: {line}\n" for line in html.splitlines() or [""])
    return f"event: {event}\n{data}\n"


def _seen(since: str, newest: int) -> int:
    """The number of the last happening that a page shows; 0: of none."""
    return int(since) if since.isascii() and since.isdigit() and len(since) <= DIGITS else newest
