"""The owner of the shops that we play with: a card whose badge lies in the documents before the terminal runs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from edge.codec.badge import BadgeCode, badge_id
from edge.model.badge import Badge, Role
from edge.store.badges import BADGES, BadgeBook
from edge.store.documents import Documents

OWNERS_CARD = BadgeCode("OMFRGGZDFMZTWQ2LKNNWG23TPOA")


def hand_out(data_dir: Path, at: datetime) -> None:
    """Issue OWNERS_CARD to a terminal that does not run. Raises StoreError as the documents do."""
    documents, _ = Documents.open(data_dir / "documents", at=at)
    badge = Badge(badge_id(OWNERS_CARD.hash), OWNERS_CARD.hash, Role.OWNER, "王姐", at)
    BadgeBook(documents.collection(BADGES)).keep(badge)
