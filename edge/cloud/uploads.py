"""A file on its way to an address that the cloud has signed: one try, which goes on where the last one broke off.

PUT, whole                                    ──► 200, 201, 204: there
broken off: PUT, Content-Range: bytes */TOTAL ──► 308, Range: bytes=0-N: so much is there
            PUT, Content-Range: bytes N+1-…/TOTAL
a server that knows no ranges gets the whole once more
"""

from __future__ import annotations

import http.client
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from edge.errors import CloudError, WireError

TIMEOUT_S = 30.0
BLOCK = 64 * 1024
_THERE = frozenset({200, 201, 204})
_RESUME = 308
_OVER = frozenset({401, 403, 404, 410})
"""The address is no good any more: no further try will help."""
_RANGE = re.compile(r"bytes=0-(\d{1,12})")


def allowed(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether the address is HTTPS and its host is one that this box's own file names."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.hostname in hosts and parts.username is None


def send(path: Path, url: str, *, roots: Path | None, begun: bool) -> None:
    """Raises CloudError: try again later; WireError auth.denied: never. `begun`: a try before this one broke off."""
    context = ssl.create_default_context()
    if roots is not None:
        context.load_verify_locations(cafile=roots)
    parts, total = urlsplit(url), path.stat().st_size
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    line = http.client.HTTPSConnection(parts.hostname or "", parts.port or 443, timeout=TIMEOUT_S, context=context)
    try:
        first = _position(line, target, total) if begun else 0
        if first < total or not begun:
            _put(line, target, path, first, total)
    except (OSError, http.client.HTTPException) as error:
        what = str(error) or type(error).__name__
        raise CloudError(f"the file was not taken: {what}", where=parts.hostname or "") from error
    finally:
        line.close()


def _position(line: http.client.HTTPSConnection, target: str, total: int) -> int:
    """How many octets are there already."""
    line.request("PUT", target, headers={"Content-Range": f"bytes */{total}", "Content-Length": "0"})
    answer = line.getresponse()
    answer.read()
    if answer.status in _THERE:
        return total
    found = _RANGE.fullmatch(answer.getheader("Range") or "")
    return int(found[1]) + 1 if answer.status == _RESUME and found else 0


def _put(line: http.client.HTTPSConnection, target: str, path: Path, first: int, total: int) -> None:
    headers = {"Content-Length": str(total - first), "Content-Type": "application/gzip"}
    if first:
        headers["Content-Range"] = f"bytes {first}-{total - 1}/{total}"
    line.request("PUT", target, body=_blocks(path, first), headers=headers, encode_chunked=False)
    answer = line.getresponse()
    answer.read()
    if answer.status in _OVER:
        raise WireError("auth.denied", f"the address is no good any more (HTTP {answer.status})")
    if answer.status not in _THERE:
        raise CloudError(f"the file was not taken: HTTP {answer.status}", where=line.host)


def _blocks(path: Path, first: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        while block := file.read(BLOCK):
            yield block
