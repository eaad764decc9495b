"""JSON as a person reads it: what fits a line is not broken."""

from __future__ import annotations

import json

WIDTH = 112
"""Characters of an example's line; what fits is not broken."""


def laid_out(value: object, indent: str) -> str:
    """JSON in as few lines as WIDTH allows."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        inner = [f"{deeper}{json.dumps(key)}: {laid_out(item, deeper)}" for key, item in value.items()]
        return "{\n" + ",\n".join(inner) + f"\n{indent}}}"
    return "[\n" + ",\n".join(deeper + laid_out(item, deeper) for item in value) + f"\n{indent}]"
