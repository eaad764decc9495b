"""What terminals and people said, on a console: one line, and nothing that the console would obey."""

from __future__ import annotations

MAX_LETTERS = 300


def one_line(text: str) -> str:
    """Cut to MAX_LETTERS; a letter that is not printed is a question mark."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:MAX_LETTERS])
