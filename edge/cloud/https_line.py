"""A connection for one file to an address that the cloud told, at a host that this box's own file names."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from edge.errors import CloudError

TIMEOUT_S = 30.0
OVER = frozenset({401, 403, 404, 410})
"""The address is no good any more: no further try will help."""


def allowed(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether the address is HTTPS and its host is one that this box's own file names."""
    try:
        parts = urlsplit(url)
        named = {host.lower() for host in hosts}
        return parts.scheme == "https" and parts.hostname in named and parts.username is None and parts.port != 0
    except ValueError:
        return False


@contextmanager
def https_line(url: str, roots: Path | None, trouble: str) -> Iterator[tuple[http.client.HTTPSConnection, str]]:
    """(connection, what to ask it for). `roots`: believed beside the system's.

    Raises CloudError, beginning with `trouble`, for whatever breaks, also inside.
    """
    parts = urlsplit(url)
    try:
        context = _believing(roots, tuple(_changed(file) for file in (roots, ssl.get_default_verify_paths().cafile)))
        line = http.client.HTTPSConnection(parts.hostname or "", parts.port or 443, timeout=TIMEOUT_S, context=context)
        try:
            yield line, parts.path + (f"?{parts.query}" if parts.query else "")
        finally:
            line.close()
    except (OSError, http.client.HTTPException) as error:
        what = str(error) or type(error).__name__
        raise CloudError(f"{trouble}: {what}", where=parts.hostname or "") from error


@lru_cache(maxsize=2)  # a file comes in many pieces; reading all that a system believes takes longer than one of them
def _believing(roots: Path | None, _as_of: tuple[int, ...]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if roots is not None:
        context.load_verify_locations(cafile=roots)
    return context


def _changed(file: Path | str | None) -> int:
    """When it was changed last, in ns; 0: there is none, or none that can be read."""
    try:
        return Path(file).stat().st_mtime_ns if file else 0
    except OSError:
        return 0
