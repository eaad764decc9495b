"""The door that a box without a good certificate can knock at: HTTPS, with a code or with its old key."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from edge.codec.wire_identity import (
    MAX_HTTP_OCTETS,
    PATH,
    RENEW_PATH,
    Enrolled,
    EnrolRequest,
    RenewRequest,
    read_enrol_request,
    read_renew_request,
)
from edge.codec.wire_term import Fault, fault
from edge.errors import EdgeError, WireError

BODY_TIMEOUT_S = 10.0
_STATUS = {"auth.denied": 403, "proto.too_large": 413}

_log = logging.getLogger("edge.reference_cloud")

Sign = Callable[[EnrolRequest | RenewRequest], Enrolled]
"""Called by one thread at a time. Raises WireError."""
_READERS: Mapping[str, Callable[[bytes], EnrolRequest | RenewRequest]] = MappingProxyType(
    {PATH: read_enrol_request, RENEW_PATH: read_renew_request}
)


class EnrolDesk:
    """`told` hears of each request: who, and what became of it; never the code."""

    def __init__(self, sign: Sign, told: Callable[[str], None]) -> None:
        self._sign = sign
        self._told = told
        self._signing = threading.Lock()

    def answer(self, octets: bytes, path: str = PATH) -> tuple[int, dict[str, object]]:
        """(HTTP status, JSON object) for the body of a request, however hostile."""
        who = "nobody"
        try:
            if len(octets) > MAX_HTTP_OCTETS:
                raise WireError("proto.too_large", "a request is shorter than this")
            request = _READERS[path](octets)
            who = request.tid
            with self._signing:
                enrolled = self._sign(request)
        except WireError as error:
            self._told(f"refused  {who}  {error.code}: {error.what}")
            return _STATUS.get(error.code, 400), _refusal(fault(error.code, error.what))
        except EdgeError as error:
            _log.error("enrolment failed: %s", error)
            self._told(f"failed  {who}  {error.what}")
            return 500, _refusal(fault("internal", "the cloud cannot sign now"))
        self._told(f"enrolled  {who}")
        return 200, enrolled.model_dump(mode="json", exclude_none=True)

    async def enrol(self, request: Request) -> Response:
        body = b""
        with contextlib.suppress(TimeoutError):  # then it is as short as it is, and refused
            async with asyncio.timeout(BODY_TIMEOUT_S):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > MAX_HTTP_OCTETS:
                        break  # the rest is not waited for
        status, answer = await run_in_threadpool(self.answer, body, request.url.path)
        return JSONResponse(answer, status, headers={"Cache-Control": "no-store", "Connection": "close"})


def routes(desk: EnrolDesk) -> list[Route]:
    return [Route(path, desk.enrol, methods=["POST"]) for path in _READERS]


def _refusal(err: Fault) -> dict[str, object]:
    return {"err": err.model_dump(mode="json", exclude_none=True)}
