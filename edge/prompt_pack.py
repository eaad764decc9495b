"""The texts of all prompts: those that ship, or a shop's own pack with the same ids."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from edge.codec.prompts import Prompts
from edge.errors import SettingsError

FILE = "prompts.toml"
MAX_OCTETS = 200_000
"""MAX_PROMPTS sentences of MAX_TEXT characters in two languages."""
MISSING_SHOWN = 5


@cache  # the simulation boots many a time
def shipped_prompts() -> Prompts:
    source = resources.files("edge.words").joinpath(FILE)
    return Prompts.parse(source.read_text(encoding="utf-8"), f"edge/words/{FILE}")


def prompts_of(pack: Path | None) -> Prompts:
    """Raises SettingsError for a pack that cannot be read, is wrong, or lacks a prompt that is said already.

    More prompts do no harm; of those that nothing says yet, the shipped words stand in.
    """
    if pack is None:
        return shipped_prompts()
    path = pack / FILE
    try:
        with path.open("rb") as file:
            text = file.read(MAX_OCTETS).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"the words of this shop cannot be read: {error}", where=str(path), expected=f"a folder with {FILE}",
            cure="Mend [voice] pack, or leave it out.",
        ) from error  # fmt: skip
    prompts = Prompts.parse(text, str(path))
    missing = sorted(shipped_prompts().needed - prompts.ids)
    if missing:
        some = ", ".join(missing[:MISSING_SHOWN]) + (" …" if len(missing) > MISSING_SHOWN else "")
        raise SettingsError(
            "prompts are missing in this pack",
            where=str(path),
            expected=f"all of edge/words/{FILE} but those with later = true",
            got=f"not {some}",
        )
    return prompts.over(shipped_prompts())
