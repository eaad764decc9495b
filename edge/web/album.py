"""The last receipts as pictures, for who looks at the counter from afar (product row 107).

The dispatcher notes what goes to the printer; a picture is drawn when somebody looks, once, on the jobs thread. Secrets
are not here at all: of what is no sale's receipt nothing is kept.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from edge.messages import SendPrint
from edge.model.slip import Row, Slip, Text
from edge.web.feed import Feed
from edge.web.login import Gate
from edge.web.site import Shown

PAPER = "paper"
KEPT = 5
PATIENCE_S = 25.0
"""A browser waits so long for its picture; what is drawn later, the next look finds."""
Draw = Callable[[Slip, int], bytes]
"""(slip, copy number) → PNG; raises EdgeError."""


class PaperShown(Shown):
    """`text`: what stands on it, for who cannot see a picture."""

    job: str
    copy_no: int
    text: str


@dataclass
class _Paper:
    slip: Slip
    copy_no: int
    drawing: Future[bytes] | None = None
    """None before somebody looks, and after it failed; empty octets: it did."""


class Album:
    """`sent` is the dispatcher's, the rest belongs to the page's threads. `run`: on the jobs thread."""

    def __init__(self, feed: Feed, draw: Draw, run: Callable[[str, Callable[[], object]], bool]) -> None:
        self._feed = feed
        self._draw = draw
        self._run = run
        self._lock = threading.Lock()
        self._papers: OrderedDict[str, _Paper] = OrderedDict()

    def sent(self, command: SendPrint) -> None:
        if not command.is_receipt:
            return
        with self._lock:
            self._papers[command.job] = _Paper(command.slip, command.copy_no)
            while len(self._papers) > KEPT:
                self._papers.popitem(last=False)
        self._feed.note(PAPER, _shown(command.job, command.slip, command.copy_no))

    def newest(self) -> tuple[PaperShown, ...]:
        """Newest first."""
        with self._lock:
            return tuple(_shown(job, one.slip, one.copy_no) for job, one in reversed(self._papers.items()))

    async def png(self, job: str) -> bytes | None:
        """None: it is kept no longer; empty: it is not drawn yet. Whoever waits here takes no thread from the page."""
        with self._lock:
            paper = self._papers.get(job)
            if paper is None:
                return None
            first, drawing = paper.drawing is None, paper.drawing or Future()
            paper.drawing = drawing
        if first and not self._run("page.paper", lambda: self._develop(paper, drawing)):
            self._end(paper, drawing, b"")
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(drawing)), PATIENCE_S)
        except TimeoutError:
            return b""

    def _develop(self, paper: _Paper, drawing: Future[bytes]) -> None:
        png = b""
        try:
            png = self._draw(paper.slip, paper.copy_no)
        finally:
            self._end(paper, drawing, png)

    def _end(self, paper: _Paper, drawing: Future[bytes], png: bytes) -> None:
        if not png:
            with self._lock:
                paper.drawing = None  # the next who looks has it tried again
        drawing.set_result(png)


def _shown(job: str, slip: Slip, copy_no: int) -> PaperShown:
    lines = (f"{one.left} {one.right}" if isinstance(one, Row) else one.text for one in slip.blocks
             if isinstance(one, Row | Text))  # fmt: skip
    return PaperShown(job=job, copy_no=copy_no, text="; ".join(lines))


def picture_route(album: Album, gate: Gate, cookie: str) -> Route:
    """Behind the login, as the page that it is on."""

    async def told(request: Request) -> Response:
        if not gate.lives(request.cookies.get(cookie)):
            return PlainTextResponse("log in first", 401)
        png = await album.png(request.path_params["job"])
        if png is None:
            return PlainTextResponse("there is no such picture", 404)
        if not png:
            return PlainTextResponse("it is not drawn yet", 503, headers={"Retry-After": "10"})
        # A browser that is logged out keeps none of it.
        return Response(png, media_type="image/png")

    return Route("/paper/{job:str}.png", told)
