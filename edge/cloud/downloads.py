"""A file from an address that the cloud has told: one bounded piece of it, from where the last one ended.

GET, Range: bytes=N-M    ──► 206, Content-Range: bytes N-…: goes on │ 200: a server that knows no ranges begins anew,
                                                                                 and has to send the whole
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from edge.cloud.https_line import OVER, https_line
from edge.errors import CloudError, WireError

BLOCK = 32 * 1024
PIECE = 256 * 1024
"""As much at a time: other work of the jobs thread goes between."""
_BEGINS = re.compile(r"bytes (\d{1,12})-")

Keep = Callable[[int, Iterator[bytes]], None]
"""(position of the first octet, blocks): they are written as they come."""


def fetch(url: str, *, first: int, size: int, roots: Path | None, keep: Keep) -> None:
    """One piece of a file of `size` octets. Raises CloudError: try again; WireError: never."""
    last = min(first + PIECE, size) - 1
    with https_line(url, roots, "the file was not sent") as (line, target):
        line.request("GET", target, headers={"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"})
        answer = line.getresponse()
        if answer.status in OVER:
            raise WireError("blob.unreachable", f"the address is no good any more (HTTP {answer.status})")
        begins = _BEGINS.match(answer.getheader("Content-Range") or "") if answer.status == 206 else None
        if answer.status != 200 and (begins is None or int(begins[1]) != first):
            raise CloudError(f"the file was not sent: HTTP {answer.status}", where=line.host)
        position = first if begins is not None else 0
        keep(position, _blocks(answer, size - position, whole=begins is None))


def _blocks(answer: http.client.HTTPResponse, room: int, *, whole: bool) -> Iterator[bytes]:
    """Raises WireError blob.hash for one octet more than there can be; `whole`: HTTPException for one less."""
    while block := answer.read(BLOCK):
        room -= len(block)
        if room < 0:
            raise WireError("blob.hash", "the file is larger than it was said to be")
        yield block
    if whole and room:
        raise http.client.HTTPException(f"it broke off, {room} octets before its end")
