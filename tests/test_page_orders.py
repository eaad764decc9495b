"""Buttons that wait for the dispatcher: each hears of its own command, and no more wait than there are threads for."""

from __future__ import annotations

import threading

from edge.messages import PageAnswer, PageOrder
from edge.web.orders import MAX_WAITING, Orders


def _print(cid: str) -> PageOrder:
    return PageOrder(cid, "test.print", {}, "technician")


def test_a_button_that_cannot_wait_with_the_others_is_refused_and_not_begun() -> None:
    posted: list[object] = []
    all_wait = threading.Event()

    def post(order: object) -> None:
        posted.append(order)
        if len(posted) == MAX_WAITING:
            all_wait.set()

    orders = Orders(post, patience_s=30.0)
    waiting = [threading.Thread(target=orders.order, args=(_print(f"cid-{n}"),)) for n in range(MAX_WAITING)]
    for one in waiting:
        one.start()
    assert all_wait.wait(10.0)
    refused = orders.order(_print("cid-late"))
    assert refused is not None and refused["state"] == "rejected" and refused["err"]["code"] == "cmd.busy"
    assert len(posted) == MAX_WAITING
    for n, one in enumerate(waiting):
        orders.answered(PageAnswer(f"cid-{n}", {"state": "done"}))
        one.join()


def test_two_phones_that_sent_the_same_form_hear_the_same_answer() -> None:
    orders, heard = Orders(lambda _: None, patience_s=30.0), []

    def press() -> None:
        heard.append(orders.order(_print("cid-1")))

    phones = [threading.Thread(target=press) for _ in range(2)]
    for phone in phones:
        phone.start()
    while any(phone.is_alive() for phone in phones):
        orders.answered(PageAnswer("cid-1", {"state": "done"}))
    assert heard == [{"state": "done"}] * 2


def test_what_takes_longer_than_a_person_waits_is_told_as_it_stands() -> None:
    orders = Orders(lambda order: orders.answered(PageAnswer("cid-1", {"state": "running"})), patience_s=0.01)
    assert orders.order(_print("cid-1")) == {"state": "running"}
    silent = Orders(lambda _: None, patience_s=0.01)
    assert silent.order(_print("cid-2")) is None
