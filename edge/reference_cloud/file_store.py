"""Where terminals put what they are asked for: an address for each file, signed, good for a while, and resumable.

PUT /v1/files/NAME?until=UNIX&sig=HMAC              the whole                                   201
PUT …  Content-Range: bytes */TOTAL                 how much is there?                          308, Range │ 201
PUT …  Content-Range: bytes N-M/TOTAL               from N on, which is where it stood          201 │ 308
GET /v1/files/NAME?until=UNIX&sig=HMAC              what the cloud told of, whole or by Range   200 │ 206
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import os
import re
from collections.abc import Callable
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from edge.clock import Clock
from edge.reference_cloud.key_folder import SECRET, read_whole, sync_folder, write_whole

PATH = "/v1/files/{name}"
MAX_OCTETS = 128 * 1024 * 1024
BLOCK_TIMEOUT_S = 60.0
KEY = "files.key"
_READ, _NO_GOOD = "GET", "this address is no good, or no more"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,80}")
_RANGE = re.compile(r"bytes (?:\*|(\d{1,12})-(\d{1,12}))/(\d{1,12})")


class FileStore:
    """Files below `folder`; what is not whole yet is called NAME.part. `told` hears of each whole one."""

    def __init__(self, folder: Path, clock: Clock, told: Callable[[Path], None] = lambda path: None) -> None:
        self._folder = folder
        self._clock = clock
        self._told = told
        self._key = _key(folder)

    def path(self, name: str) -> Path:
        return self._folder / name

    def address(self, base: str, name: str, *, life_s: int, to_read: bool = False) -> str:
        """For one file, to put it or `to_read`. `base`: https://host:port."""
        until = int(self._clock.wall().timestamp()) + life_s
        signature = self._signature(f"{_READ} {name}" if to_read else name, str(until))
        return f"{base.rstrip('/')}{PATH.format(name=name)}?until={until}&sig={signature}"

    def keep(self, name: str, octets: bytes) -> None:
        """A file that terminals are told of."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.path(name), octets, mode=SECRET)

    async def get(self, request: Request) -> Response:
        """Whoever has an address to put a file cannot read one."""
        name = request.path_params["name"]
        if not self._is_good(request, f"{_READ} {name}") or not _NAME.fullmatch(name):
            return PlainTextResponse(_NO_GOOD, 403)
        path = self.path(name)
        return FileResponse(path) if path.is_file() else PlainTextResponse("it is not here", 404)

    async def put(self, request: Request) -> Response:
        name = request.path_params["name"]
        if not self._is_good(request, name) or not _NAME.fullmatch(name):
            return PlainTextResponse(_NO_GOOD, 403)
        whole, part = self.path(name), self.path(f"{name}.part")
        span = request.headers.get("content-range", "")
        found = _RANGE.fullmatch(span)
        if span and found is None:
            return PlainTextResponse("no such range", 416)
        if whole.exists():
            return _stands(whole.stat().st_size, 201)
        held = part.stat().st_size if part.exists() else 0
        if found is not None and found[1] is None:
            return _stands(held)
        first = int(found[1]) if found is not None else 0
        total = int(found[3]) if found is not None else int(request.headers.get("content-length", MAX_OCTETS + 1))
        if first > held or total > MAX_OCTETS:
            return _stands(held) if total <= MAX_OCTETS else PlainTextResponse("too large", 413)
        await self._take(request, part, first, total)
        if part.stat().st_size < total:
            return _stands(part.stat().st_size)
        part.replace(whole)
        sync_folder(self._folder)  # 201 is a promise: the terminal may drop its copy
        self._told(whole)
        return PlainTextResponse("here", 201)

    async def _take(self, request: Request, part: Path, first: int, total: int) -> None:
        """What came before a line broke stays."""
        with part.open("r+b" if part.exists() else "wb") as file:
            file.seek(first)
            file.truncate()
            stream, room = request.stream(), total - first
            with contextlib.suppress(StopAsyncIteration, ClientDisconnect, TimeoutError):  # it goes on from here
                while True:
                    async with asyncio.timeout(BLOCK_TIMEOUT_S):
                        block = await anext(stream)
                    file.write(block[:room])
                    room -= min(room, len(block))
            file.flush()
            os.fsync(file.fileno())

    def _is_good(self, request: Request, signed: str) -> bool:
        until = request.query_params.get("until", "")
        if not (until.isascii() and until.isdigit() and len(until) <= 12):
            return False
        right = hmac.compare_digest(
            request.query_params.get("sig", "").encode(), self._signature(signed, until).encode()
        )
        return right and int(until) >= self._clock.wall().timestamp()

    def _signature(self, name: str, until: str) -> str:
        return hmac.new(self._key, f"{name} {until}".encode(), hashlib.sha256).hexdigest()[:32]


def _stands(held: int, status: int = 308) -> Response:
    """How much is here: 308 go on, 201 all of it."""
    return PlainTextResponse("", status, headers={"Range": f"bytes=0-{held - 1}"} if held else {})


def _key(folder: Path) -> bytes:
    """Made at the first use, for its owner only."""
    path = folder / KEY
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, os.urandom(32).hex().encode(), mode=SECRET)
    return bytes.fromhex(read_whole(path).decode())
