"""A file on its way to an address that the cloud has signed: one try, which goes on where the last one broke off.

PUT, whole                                    ──► 200, 201, 204: there
broken off: PUT, Content-Range: bytes */TOTAL ──► 308 or 200, Range: bytes=0-N: so much is there
            PUT, Content-Range: bytes N+1-…/TOTAL
a server that knows no ranges gets the whole once more
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path

from edge.cloud.https_line import OVER, https_line
from edge.errors import CloudError, WireError

BLOCK = 64 * 1024
_THERE = frozenset({200, 201, 204})
_RESUME = 308
_RANGE = re.compile(r"bytes=0-(\d{1,12})")


def send(path: Path, url: str, *, roots: Path | None, begun: bool) -> None:
    """Raises CloudError: try again later; WireError auth.denied: never. `begun`: a try before this one broke off."""
    with https_line(url, roots, "the file was not taken") as (line, target):
        total = path.stat().st_size
        first = _position(line, target, total) if begun else 0
        if first < total or not begun:
            _put(line, target, path, first, total)


def _position(line: http.client.HTTPSConnection, target: str, total: int) -> int:
    """How many octets are there already. A server that knows no ranges has stored this question as the file."""
    line.request("PUT", target, headers={"Content-Range": f"bytes */{total}", "Content-Length": "0"})
    answer = line.getresponse()
    answer.read()
    found = _RANGE.fullmatch(answer.getheader("Range") or "")
    return int(found[1]) + 1 if answer.status in _THERE | {_RESUME} and found else 0


def _put(line: http.client.HTTPSConnection, target: str, path: Path, first: int, total: int) -> None:
    headers = {"Content-Length": str(total - first), "Content-Type": "application/gzip"}
    if first:
        headers["Content-Range"] = f"bytes {first}-{total - 1}/{total}"
    line.request("PUT", target, body=_blocks(path, first), headers=headers, encode_chunked=False)
    answer = line.getresponse()
    answer.read()
    if answer.status in OVER:
        raise WireError("auth.denied", f"the address is no good any more (HTTP {answer.status})")
    if answer.status not in _THERE:
        raise CloudError(f"the file was not taken: HTTP {answer.status}", where=line.host)


def _blocks(path: Path, first: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        while block := file.read(BLOCK):
            yield block
