"""Late news of services: the signed notice service.changed ends what nobody could answer, once (class S)."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import TID, TOPICS, Habits
from service_bench import ServiceBench, open_shop, phone
from test_jws import KEYS, SECRET

from edge.clock import iso_ms
from edge.codec.json_text import pack_object
from edge.codec.jws import write_jws
from edge.codec.topics import Down
from edge.messages import CloudMessage
from edge.model.ids import uuid7
from edge.model.service_order import ServiceOrder, ServiceState

S = ServiceState
CHANCE = Random(1)


@pytest.fixture
def shop(tmp_path: Path) -> ServiceBench:
    return open_shop(tmp_path / "shop", habits=Habits(command_keys=KEYS))


def news(shop: ServiceBench, order: ServiceOrder, said: str, *, ctr: int = 1, **args: Any) -> dict[str, Any]:
    """service.changed, as the cloud signs it."""
    now = shop.clock.wall()
    told = {"soid": order.id, "price": order.price, "cur": "CNY", "state": said} | args
    return {
        "v": 1, "tid": TID, "cid": uuid7(now, CHANCE), "type": "service.changed", "iat": iso_ms(now), "ttl_s": 600,
        "args": told, "by": "svc:desk", "nonce": shop.link.nonce(), "ctr": ctr,
    }  # fmt: skip


def tell(shop: ServiceBench, command: dict[str, Any]) -> tuple[str, str]:
    """(state, code) of the answer."""
    octets = pack_object({"jws": write_jws(command, kid="cmd-2026q4", sign=SECRET.sign)})
    shop.tell(CloudMessage(TOPICS.down(TID, Down.CMD), octets))
    answer = shop.sent("res")[-1].wire()
    return answer["state"], answer.get("err", {}).get("code", "")


@pytest.fixture
def lost(shop: ServiceBench) -> ServiceOrder:
    """An order whose provider never knows."""
    order = shop.paid(phone(94))
    shop.serve(2)
    assert shop.state(order) is S.UNKNOWN
    return order


@pytest.mark.parametrize(("said", "state"), [("completed", S.COMPLETED), ("failed", S.REFUNDED)])
def test_the_clouds_word_ends_what_is_unknown(shop: ServiceBench, lost: ServiceOrder, said: str, state: S) -> None:
    assert tell(shop, news(shop, lost, said)) == ("done", "")
    assert shop.state(lost) is state


def test_the_same_word_twice_is_one_end(shop: ServiceBench, lost: ServiceOrder) -> None:
    command = news(shop, lost, "failed")
    for _ in range(3):
        tell(shop, command)
    tell(shop, news(shop, lost, "failed", ctr=2))
    assert len(shop.records("sale.refunded")) == 1


def test_a_word_that_nobody_signed_ends_nothing(shop: ServiceBench, lost: ServiceOrder) -> None:
    command = {key: value for key, value in news(shop, lost, "failed").items() if key not in ("nonce", "ctr")}
    shop.hear(Down.CMD, command)
    assert shop.state(lost) is S.UNKNOWN


@pytest.mark.parametrize(
    ("args", "answer"),
    [({"price": 2_000}, ("failed", "service.conflict")), ({"state": "perhaps"}, ("rejected", "schema.invalid")),
     ({"soid": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"}, ("failed", "service.refused"))],
)  # fmt: skip
def test_a_word_that_does_not_fit_is_refused(
    shop: ServiceBench, lost: ServiceOrder, args: dict[str, Any], answer: tuple[str, str]
) -> None:
    assert tell(shop, news(shop, lost, "failed", **args)) == answer
    assert shop.state(lost) is S.UNKNOWN


def test_a_word_against_an_end_is_journaled_and_moves_nothing(shop: ServiceBench) -> None:
    order = shop.paid(phone(90))
    shop.serve(2)
    assert shop.state(order) is S.REFUNDED
    assert tell(shop, news(shop, order, "completed")) == ("done", "")
    assert (shop.state(order), shop.told()[-1]) == (S.REFUNDED, "disputed")


def test_a_service_that_is_undone_is_told_of(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.serve(2)
    tell(shop, news(shop, order, "reversed"))
    assert (shop.state(order), shop.prompts[-1]) == (S.REVERSED, "svc.reversed")
