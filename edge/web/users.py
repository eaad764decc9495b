"""Who may log in: the accounts of this page, the owner's PIN on paper, and browsers that are logged out."""

from __future__ import annotations

from edge.model.account import Role
from edge.web.forms import Form, NoWords
from edge.web.login import Gate
from edge.web.ordering import give
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/users"


class AccountShown(Shown):
    """`state` is none, printed (its PIN stands on a slip) or own (a person chose its password). Since `made_at`."""

    name: str
    state: str
    made_at: str
    sessions: int


class Users(Shown):
    accounts: tuple[AccountShown, ...]


class AccountForm(Form):
    account: Role


def users_view(sources: PageSources, gate: Gate) -> View:
    def shown(role: Role) -> AccountShown:
        account = sources.box.account(role)
        if account is None:
            return AccountShown(name=role, state="none", made_at="", sessions=0)
        state = "printed" if account.printed else "own"
        return AccountShown(name=role, state=state, made_at=account.made_at, sessions=gate.sessions(role))

    def read(_: Asking) -> Users:
        return Users(accounts=tuple(shown(role) for role in Role))

    return View("users", PATH, Users, read, TECHNICIAN)


def users_actions(sources: PageSources, gate: Gate) -> tuple[Action, ...]:
    def owner_pin(_: NoWords, doing: Doing) -> Told:
        return give(sources.order, "account.pin", {}, doing, "users.printed")

    def remove_owner(_: NoWords, doing: Doing) -> Told:
        return give(sources.order, "account.remove", {}, doing, "users.removed")

    def log_out(form: AccountForm, doing: Doing) -> Told:
        gate.end_others(form.account, doing.session)
        return Told(End.DONE, "users.ended")

    return (
        Action(f"{PATH}/pin", PATH, NoWords, owner_pin, TECHNICIAN),
        Action(f"{PATH}/remove", PATH, NoWords, remove_owner, TECHNICIAN),
        Action(f"{PATH}/leave", PATH, AccountForm, log_out, TECHNICIAN),
    )
