"""What is told instead of what was asked for: to a person as a page, to a program as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from edge.web.look import Look, Reader
from edge.web.request import LOGIN, Asker, is_api
from edge.web.site import End

BACK_S = 5
"""A start takes three seconds; who asks sooner waits at the socket."""


class Refusals:
    def __init__(self, look: Look, asker: Asker) -> None:
        self._look = look
        self._asker = asker

    async def no_session(self, request: Request, _: Exception) -> Response:
        if is_api(request):
            return JSONResponse({"state": End.REFUSED, "message": "log in first"}, 401)
        return RedirectResponse(LOGIN, 303)

    async def http_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return self._told(request, error.status_code, dict(error.headers or {}))

    async def fault(self, request: Request, _: Exception) -> Response:
        """Of ours; uvicorn logs it."""
        return self._told(request, 500, {})

    async def too_long(self, request: Request, _: Exception) -> Response:
        return self._told(request, 413, {"Connection": "close"})

    async def not_understood(self, request: Request, error: Exception) -> Response:
        return JSONResponse({"state": End.REFUSED, "message": str(error)}, 422)

    def ending(self, request: Request, back: str) -> Response:
        """The terminal stops under this request. A browser asks for `back` by itself when it has had its time."""
        again = {"Retry-After": str(BACK_S)}
        if is_api(request):
            return JSONResponse({"state": End.REFUSED, "message": "503"}, 503, headers=again)
        page = self._look.draw(
            "ending.html", Reader(self._asker.language(request)), back=back, here=back, seconds=BACK_S,
            was_form=request.method == "POST",
        )  # fmt: skip
        return HTMLResponse(page, 503, headers=again)

    def _told(self, request: Request, status: int, headers: Mapping[str, str]) -> Response:
        if is_api(request):
            return JSONResponse({"state": End.REFUSED, "message": str(status)}, status, headers=headers)
        key = f"error.{status}" if self._look.words.has(f"error.{status}") else "error.other"
        reader = Reader(self._asker.language(request))
        # While it starts, a page comes by itself; a form that was sent is not sent again.
        again = status == 503 and request.method == "GET"
        return HTMLResponse(self._look.draw("error.html", reader, key=key, again=again), status, headers=headers)
