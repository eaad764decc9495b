"""A message of the cloud to whoever keeps the shop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CloudNote:
    """`cid` of the command that brought it, which is answered once it is read. `paper`: it is printed, too."""

    cid: str
    text: str
    paper: bool
