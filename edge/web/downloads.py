"""What leaves with a browser: a file, a table or a picture, sent piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from edge.web.site import Handed

BLOCK = 64 * 1024


def of_file(path: Path, name: str, media_type: str) -> Handed:
    """HTTPException 404 where there is no such file."""
    if not path.is_file():
        raise HTTPException(404)
    return Handed(media_type, blocks(path), name, path.stat().st_size)


def blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


async def hand_over(found: Handed, request: Request) -> Response:
    """The first piece is made before the answer begins, so that what cannot be made is told as that."""
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"'} if found.name else {}
    if found.length is not None:
        headers["Content-Length"] = str(found.length)
    if request.method == "HEAD":
        return Response(headers=headers, media_type=found.media_type)
    first = await run_in_threadpool(next, found.octets, b"")
    return StreamingResponse(chain([first], found.octets), media_type=found.media_type, headers=headers)
