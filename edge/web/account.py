"""The password of who is logged in: chosen instead of the printed PIN, and changed whenever they like."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field

from edge.model.account import MAX_PASSWORD, MIN_PASSWORD, Role, names_the_box
from edge.web.forms import Form
from edge.web.login import Gate
from edge.web.ordering import Order, give
from edge.web.site import Action, Asking, Doing, End, Shown, Told, View

PATH = "/password"
CHOOSE = "password.choose"


class PasswordPage(Shown):
    """There is nothing to show but the form. `account`: whose it is. `plain_url`: where this page is asked in plain
    HTTP, which ends with the first password; empty: it is not.
    """

    account: str
    plain_url: str


class PasswordForm(Form):
    """Letter by letter: a blank at its end is a part of it."""

    model_config = ConfigDict(str_strip_whitespace=False)

    password: str = Field(min_length=MIN_PASSWORD, max_length=MAX_PASSWORD)
    password_again: str = Field(max_length=MAX_PASSWORD)


def password_view(service_url: str) -> View:
    """`service_url`: of the page at the service port or in the hotspot; empty: there is none."""

    def read(asking: Asking) -> PasswordPage:
        here, service = urlsplit(asking.at), urlsplit(service_url)
        is_plain = here.scheme == "http" and here.hostname == service.hostname
        return PasswordPage(account=asking.account.value, plain_url=service_url if is_plain else "")

    return View("password", PATH, PasswordPage, read)


def password_action(order: Order, gate: Gate, tid: str, home: Callable[[Role], str]) -> Action:
    def choose(form: PasswordForm, doing: Doing) -> Told:
        if form.password != form.password_again:
            return Told(End.REFUSED, "password.differs", field="password_again")
        if gate.is_printed(doing.account, form.password):
            return Told(End.REFUSED, "password.printed", field="password")
        if names_the_box(form.password, tid):
            return Told(End.REFUSED, "password.tid", field="password")
        hashed = gate.hashed(form.password)
        told = give(order, CHOOSE, {"hash": hashed, "was": gate.hash_of(doing.session)}, doing, "password.kept")
        if told.end is End.DONE:
            gate.chosen(doing.session)
            return Told(told.end, told.key, to=home(doing.account))
        return told

    return Action(PATH, PATH, PasswordForm, choose)
