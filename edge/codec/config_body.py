"""The body of a configuration: its canonical bytes, and what of the settings a cloud may set at all (contract P14).

everything is one JSON object of tables, as in the settings file: {"receipt": {"footer": ["谢谢"]}}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from edge.errors import WireError

NEVER = frozenset({("cloud", ""), ("web", ""), ("terminal", "tid"), ("terminal", "data_dir"), ("terminal", "store")})
"""(table, key), all keys where the key is empty: what a terminal is, and how it is reached, is its own to say."""
SIGNED = frozenset({"devices", "parcels", "platforms", "promotions"})
"""Tables about doors, devices, and whose signatures count: only in a signed document."""


def canonical_sha(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes: sorted keys, no spaces, UTF-8. Raises WireError for what has none."""
    try:
        octets = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except ValueError as error:
        raise WireError("cfg.invalid", "the document is no UTF-8") from error
    return hashlib.sha256(octets).hexdigest()


def check_body(body: Mapping[str, Any], sha: str, *, signed: bool) -> None:
    """Raises WireError: cfg.invalid for what is no cloud's to set or is another document, cfg.unsigned."""
    if canonical_sha(body) != sha:
        raise WireError("cfg.invalid", "the document is not the one that its sha names")
    for table, keys in body.items():
        if not isinstance(keys, Mapping):
            raise WireError("cfg.invalid", f"{table}: a table is an object", where=f"/{table}")
        own = [key for key in keys if (table, key) in NEVER]
        if (table, "") in NEVER or own:
            place = f"/{table}" + (f"/{own[0]}" if own else "")
            raise WireError("cfg.invalid", "only the box itself sets this", where=place)
        if table in SIGNED and not signed:
            raise WireError("cfg.unsigned", f"[{table}] counts in a signed document only", where=f"/{table}")
