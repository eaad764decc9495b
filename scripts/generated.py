"""A file that a script writes from the models, and the check that it is still what they say."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path


def write_or_check(words: list[str], path: Path, text: Callable[[], str], command: str) -> int:
    """Write `text` to `path`, or with --check compare it: 1 when it is not what the models say, 2 for other words."""
    if words == ["--check"]:
        if path.is_file() and path.read_text(encoding="utf-8") == text():
            return 0
        print(f"{path} is not what the models say; run: {command}", file=sys.stderr)
        return 1
    if words:
        print(f"usage: {command} [--check]", file=sys.stderr)
        return 2
    path.write_text(text(), encoding="utf-8")
    return 0
