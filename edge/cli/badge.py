"""`edge badge`: issue, list and revoke badges while the terminal does not run; the cloud does it while it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import SystemRandom

from edge.card_table import load_cards
from edge.cli.badge_sheet import draw_badge
from edge.cli.cards import sheet_words
from edge.codec.badge import badge_id, new_badge_code
from edge.codec.escpos import encode_slip
from edge.config import Settings, load_settings
from edge.devices import load_driver
from edge.errors import SettingsError, StoreError
from edge.model.badge import MAX_BADGES, Badge, Role
from edge.model.badge_slip import badge_slip
from edge.model.records import CardIssued, CardRevoked, Record
from edge.outside import Outside
from edge.shop_files import paper_of_shop, shop_platforms
from edge.store.badges import BADGES, BadgeBook
from edge.terminal_folder import open_terminal_folder

BY = "command line"
MAX_NAME = 32

Book = Callable[[Record], None]
"""Writes a record into the journal."""


def issue_badge(
    config: str, role: str, name: str, *, days: int | None, carrier: str | None, pdf: str | None, png: str | None
) -> int:  # fmt: skip
    """Its code is on the paper alone: a paper that is lost is revoked, not printed again."""
    settings = load_settings(Path(config), load_driver)
    if not (pdf or png):
        raise SettingsError("the badge needs a paper", where="edge badge issue", expected="--pdf or --png")
    if not 0 < len(name.strip()) <= MAX_NAME or not name.isprintable():
        raise SettingsError(
            "this is no name", where="--name", expected=f"1 to {MAX_NAME} characters", got=repr(name)[:50]
        )
    if carrier is not None:
        _check_carrier(carrier, Role(role), settings)
    code = new_badge_code(SystemRandom())
    with _badges(settings) as (badges, book, now):
        if sum(not other.is_over(now) for other in badges.all()) >= MAX_BADGES:
            raise StoreError("there are too many badges", expected=f"at most {MAX_BADGES}", cure="Revoke some first.")
        ends = now + timedelta(days=days) if days else None
        badge = Badge(badge_id(code.hash), code.hash, Role(role), name.strip(), now, ends, carrier=carrier or "")
        _put_on_paper(settings, badge, code.text, pdf=pdf, png=png)
        badges.keep(badge)
        book(CardIssued(badge.id, badge.role.value, BY))
    print(f"{pdf or png}: badge {badge.id} of {badge.name}, {badge.role}; print it, then delete the file")
    return 0


def _check_carrier(carrier: str, role: Role, settings: Settings) -> None:
    known = [one.id for one in shop_platforms(settings).carriers.all]
    if role is not Role.COURIER:
        raise SettingsError("only a courier's badge has a carrier", where="--carrier", got=f"--role {role.value}")
    if carrier not in known:
        raise SettingsError("no such carrier here", where="--carrier", expected=", ".join(known), got=carrier[:40])


def list_badges(config: str) -> int:
    """One a line, the newest last; no code is known, so none is shown."""
    with _badges(load_settings(Path(config), load_driver)) as (badges, _, now):
        for badge in sorted(badges.all(), key=lambda badge: badge.issued_at):
            print(f"{badge.id}  {badge.role.value:<10}  {_state(badge, now):<24}  {badge.name}")
    return 0


def revoke_badge(config: str, badge_named: str) -> int:
    """1 when there is no such badge."""
    with _badges(load_settings(Path(config), load_driver)) as (badges, book, now):
        badge = badges.find(badge_named)
        if badge is None:
            raise StoreError("there is no such badge", got=badge_named, cure="`edge badge list` shows them.")
        badges.keep(badge.revoked(now))
        book(CardRevoked(badge.id, badge.role.value, BY))
    print(f"badge {badge.id} of {badge.name} opens nothing from now on")
    return 0


@contextmanager
def _badges(settings: Settings) -> Iterator[tuple[BadgeBook, Book, datetime]]:
    """Badges, journal and time of a terminal that does not run. Raises SettingsError when it does."""
    try:
        folder = open_terminal_folder(settings.terminal.data_dir, Outside())
    except SettingsError as error:
        raise SettingsError(
            error.what, where=error.where, cure="Stop it first, or let the cloud send card.issue or card.revoke."
        ) from error
    ledger = folder.ledger

    def book(record: Record) -> None:
        tx = ledger.begin(lambda record, tx: None)
        tx.append(record)
        tx.commit()

    try:
        yield BadgeBook(folder.documents.collection(BADGES)), book, ledger.timeline.stamp().at
    finally:
        ledger.close(clean=ledger.clean or ledger.fresh)
        folder.lock.release()


def _put_on_paper(settings: Settings, badge: Badge, code: str, *, pdf: str | None, png: str | None) -> None:
    """Files that nobody else may read."""
    own = settings.terminal
    try:
        for out in filter(None, (pdf, png)):
            Path(out).touch(mode=0o600)
        if png:
            from edge.paper.picture import render_png

            paper = paper_of_shop(settings)
            slip = badge_slip(badge, code=code, store=own.shop, language=own.language.value)
            Path(png).write_bytes(render_png(encode_slip(slip, paper), paper))
    except OSError as error:
        raise SettingsError(f"the badge cannot be written: {error.strerror}", where=pdf or png or "") from error
    if pdf:
        cards = load_cards(settings.cards.file)
        draw_badge(badge, code, cards, sheet_words(settings, own.language.value)).write(Path(pdf))


def _state(badge: Badge, now: datetime) -> str:
    if badge.revoked_at is not None:
        return f"revoked {badge.revoked_at:%Y-%m-%d}"
    if badge.expires_at is None:
        return "valid"
    return f"{'valid until' if now < badge.expires_at else 'expired'} {badge.expires_at:%Y-%m-%d}"
