"""Changes of a catalogue as a file that terminals fetch: NDJSON, packed, with an address that is good for a while."""

from __future__ import annotations

import argparse
import gzip
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge.clock import Clock, iso_ms
from edge.codec.json_text import compact
from edge.codec.wire_down import CatOp
from edge.errors import SettingsError, WireError
from edge.reference_cloud.file_store import FileStore

LIFE_S = 30 * 86_400
"""Of an address, from when it is sent: a terminal that comes back later is sent a new one."""
MAX_OCTETS = 32 * 1024 * 1024
"""Packed, as terminals take it."""
MAX_SPREAD_S = 86_400


@dataclass(frozen=True, slots=True)
class FilePlace:
    """The folder of `edge cloud files`, and the address under which it serves."""

    folder: Path
    url: str
    spread_s: int

    def file_of(self, ops: Sequence[CatOp], clock: Clock, *, name: str) -> dict[str, Any]:
        """Keeps the file; what `addressed` needs of it. It is named by what is in it: none is ever replaced."""
        octets = gzip.compress("\n".join(compact(op.wire()) for op in ops).encode(), mtime=0)
        if len(octets) > MAX_OCTETS:
            raise SettingsError("the file is too large", where="the catalogue", expected=f"at most {MAX_OCTETS} B",
                                got=f"{len(octets)} B")  # fmt: skip
        digest = hashlib.sha256(octets).hexdigest()
        file, store = f"{name}-{digest[:16]}.ndjson.gz", FileStore(self.folder, clock)
        store.keep(file, octets)
        blob = {"size": len(octets), "sha256": digest, "enc": "gzip"}
        kept = {"folder": str(self.folder.resolve()), "base": self.url, "name": file}
        return {"blob": blob, "spread_s": self.spread_s, "file": kept}


def addressed(more: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    """What is sent of what was kept, with an address that is good for LIFE_S from now on. Raises WireError."""
    told = dict(more)
    file = told.pop("file", None)
    if file is None:
        return told  # no file, or one that was kept with its address
    folder = Path(file["folder"])
    try:
        if not (folder / file["name"]).is_file():
            raise WireError("blob.unreachable", "the file is not here any more", where=str(folder), got=file["name"])
        url = FileStore(folder, clock).address(file["base"], file["name"], life_s=LIFE_S, to_read=True)
    except (OSError, ValueError, SettingsError) as error:
        raise WireError("blob.unreachable", f"the address cannot be signed: {error}", where=str(folder)) from error
    return told | {"blob": {"url": url, **told["blob"]}}


def add_file_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--blob", action="store_true", help="as a file that the terminal fetches, in one version")
    parser.add_argument("--files", type=Path, help="with --blob: the folder of edge cloud files")
    parser.add_argument("--url", default="https://localhost:8444", help="with --blob: where edge cloud files serves")
    parser.add_argument(
        "--spread", type=int, default=0, metavar="S", help="with --blob: fetched within so many seconds"
    )


def place_of(options: argparse.Namespace) -> FilePlace | None:
    """None: in messages. Raises SettingsError."""
    if not options.blob:
        return None
    if options.files is None:
        raise SettingsError("where shall the file lie?", where="--files", expected="the folder of edge cloud files")
    if not options.url.startswith("https://"):
        raise SettingsError("files go over HTTPS", where="--url", expected="https://host:port", got=options.url[:80])
    if not 0 <= options.spread <= MAX_SPREAD_S:
        raise SettingsError("this does not fit", where="--spread", expected=f"0 to {MAX_SPREAD_S}",
                            got=str(options.spread))  # fmt: skip
    return FilePlace(options.files, options.url, options.spread)


def eff_of(text: str | None) -> dict[str, Any]:
    """Raises SettingsError for what is no moment with its zone."""
    if text is None:
        return {}
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SettingsError(
            "this is no moment", where="--eff", expected="such as 2026-11-30T16:00:00.000Z or 2026-12-01T00:00+08:00",
            got=text[:64],
        )  # fmt: skip
    return {"eff": iso_ms(moment.astimezone(UTC))}
