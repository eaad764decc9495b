"""Promotions of the cloud: beside the shop's own, whole sets, from the end of a sale on (row 120)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cloud_box import CloudBox
from test_configuring import SHOP, TID

from edge.codec.command_card import card_code
from edge.codec.topics import Down
from edge.codec.wire_promotion import PUBLISH
from edge.messages import ScanData
from edge.model.promotion import MAX_PROMOTIONS
from edge.promotion_file import read_told
from edge.reference_cloud.main import run
from edge.reference_cloud.store import CloudStore
from edge.services.offers import Offers
from edge.services.told_promotions import LOOK_S, MAX_SETS

COLA = "6901234567892"
CHEAP = {"cloud-cola": {"kind": "simple", "name": "可乐特价", "skus": [COLA], "price_fen": 250}}
CHEAPER = {"cloud-cola": {"kind": "simple", "name": "可乐大特价", "skus": [COLA], "price_fen": 200}}
OWN = '[own-cola]\nkind = "simple"\nname = "本店特价"\nskus = ["6901234567892"]\nprice_fen = 280\n'


class PromotionBox(CloudBox):
    """Cola costs 300, and 280 by the shop's own file."""

    def start(self, *, reachable: bool = True) -> None:
        (self.config.parent / "own.toml").write_text(self.own, encoding="utf-8")
        self.config.write_text(SHOP + '[promotions]\nfile = "own.toml"\n', encoding="utf-8")
        super().start(reachable=reachable)
        op = {"op": "put", "sku": COLA, "gtin": COLA, "name": "可乐", "price": 300}
        self.hear(Down.CAT, {"ver": 1, "base": 0, "kind": "delta", "inline": [op]})
        self.run_jobs()

    own = OWN

    def publish(self, ver: int, promotions: dict[str, Any], **more: Any) -> Any:
        return self.heard(self.give(PUBLISH, {"ver": ver, "promotions": promotions} | more))

    def scan(self, *codes: str) -> None:
        for code in codes:
            self.pass_s(0.5)
            self.tell(ScanData("counter_scanner", code, self.clock.mono_s))

    def total(self) -> int:
        tx = self.look()
        total = tx.counter.sale.total if tx.counter.sale is not None else 0
        tx.rollback()
        return int(total)

    def price(self) -> int:
        """Of a cola now, sold."""
        self.scan(COLA)
        total = self.total()
        self.scan(card_code(102))
        return total


@pytest.fixture
def box(tmp_path: Path) -> Iterator[PromotionBox]:
    box = PromotionBox(tmp_path)
    yield box
    box.terminal.close()


def test_the_best_of_the_shops_and_the_clouds_holds(box: PromotionBox) -> None:
    assert box.price() == 280
    assert box.publish(1, CHEAP)["out"] == {"set": "cloud", "ver": 1, "promotions": 1}
    assert box.price() == 250
    dearer = {"cloud-cola": CHEAP["cloud-cola"] | {"price_fen": 290}}
    box.publish(2, dearer)
    assert box.price() == 280
    assert box.rows("promo.applied") == [{"set": "cloud", "ver": ver, "count": 1} for ver in (1, 2)]


def test_a_sale_that_is_open_goes_on_as_it_began(box: PromotionBox) -> None:
    box.scan(COLA)
    assert box.publish(1, CHEAP)["state"] == "done"
    box.scan(COLA)
    assert (box.total(), box.rows("promo.applied")) == (560, [])
    box.scan(card_code(102))
    assert len(box.rows("promo.applied")) == 1
    assert box.price() == 250


def test_a_sale_that_ends_without_money_lets_them_hold_too(box: PromotionBox) -> None:
    box.scan(COLA)
    box.publish(1, CHEAP)
    box.scan(card_code(106), card_code(106))
    box.pass_s(LOOK_S)
    assert (box.total(), box.price()) == (0, 250)


def test_they_hold_after_a_start_and_what_waited_waits_on(box: PromotionBox) -> None:
    box.publish(1, CHEAP)
    box.scan(COLA)
    box.publish(2, CHEAPER)
    box.off()
    assert box.total() == 250
    box.scan(COLA)
    assert box.total() == 500
    box.scan(card_code(102))
    assert box.price() == 200
    assert [row["ver"] for row in box.rows("promo.applied")] == [1, 2]


def test_an_empty_set_is_over(box: PromotionBox) -> None:
    box.publish(1, CHEAP)
    box.publish(2, {})
    assert box.price() == 280
    assert box.rows("promo.applied")[-1]["count"] == 0
    box.off()
    assert box.price() == 280


def test_twice_the_same_is_done_twice_and_an_older_one_is_refused(box: PromotionBox) -> None:
    box.publish(2, CHEAP)
    assert box.publish(2, CHEAP)["state"] == "done"
    for ver, promotions in ((2, CHEAPER), (1, CHEAPER), (1, CHEAP)):
        assert box.publish(ver, promotions)["err"]["code"] == "cmd.replayed"
    assert (box.price(), len(box.rows("promo.applied"))) == (250, 1)


@pytest.mark.parametrize(
    ("promotions", "words"),
    [
        ({"x": {"kind": "lottery", "name": "a"}}, "[x] has an unknown kind"),
        ({"x": CHEAP["cloud-cola"] | {"price_fen": "250"}}, "'price_fen' in [x]"),
        ({"x": CHEAP["cloud-cola"] | {"ends": "tomorrow"}}, "'ends' in [x]"),
        ({"x": CHEAP["cloud-cola"] | {"prize": 1}}, "unknown setting 'prize' in [x]"),
        ({"X!": CHEAP["cloud-cola"]}, "no id"),
        (CHEAP | {"x": {"name": "a"}}, "'kind' is missing in [x]"),
        ({f"p{k}": CHEAP["cloud-cola"] for k in range(MAX_PROMOTIONS + 1)}, "too many"),
    ],
)
def test_one_that_is_wrong_refuses_them_all_and_is_named(box: PromotionBox, promotions: Any, words: str) -> None:
    answer = box.publish(1, promotions)
    assert (answer["state"], answer["err"]["code"]) == ("rejected", "schema.invalid")
    assert words in answer["err"]["msg"]
    assert (box.price(), box.rows("promo.applied")) == (280, [])


@pytest.mark.parametrize("args", [{}, {"ver": 0, "promotions": {}}, {"ver": 1, "promotions": []}, {"ver": 1}])
def test_arguments_that_do_not_fit_are_refused(box: PromotionBox, args: Any) -> None:
    assert box.heard(box.give(PUBLISH, args))["err"]["code"] == "schema.invalid"


def test_an_id_that_is_taken_is_refused(box: PromotionBox) -> None:
    own = box.publish(1, {"own-cola": CHEAP["cloud-cola"]})
    assert (own["err"]["code"], "the shop's own file" in own["err"]["msg"]) == ("promo.id_taken", True)
    box.publish(1, CHEAP)
    other = box.publish(1, CHEAPER, set="pilot")
    assert (other["err"]["code"], "the set cloud" in other["err"]["msg"]) == ("promo.id_taken", True)


def test_there_are_only_so_many_sets(box: PromotionBox) -> None:
    one = CHEAP["cloud-cola"]
    answers = [box.publish(1, {f"p{k}": one}, set=f"s{k}") for k in range(MAX_SETS + 2)]
    assert [answer["state"] for answer in answers] == ["done"] * MAX_SETS + ["rejected"] * 2
    assert answers[-1]["err"]["code"] == "quota.exceeded"


def test_a_set_that_is_over_makes_room_for_another(box: PromotionBox) -> None:
    one = CHEAP["cloud-cola"]
    for k in range(MAX_SETS):
        box.publish(1, {f"p{k}": one}, set=f"s{k}")
    assert box.publish(1, {"more": one}, set="more")["state"] == "rejected"
    assert box.publish(2, {}, set="s0")["state"] == "done"
    assert box.publish(1, {"more": one}, set="more")["state"] == "done"


@pytest.mark.parametrize("in_force", [0, 1])
def test_a_set_that_is_damaged_is_left_out_and_the_shop_opens(box: PromotionBox, in_force: int) -> None:
    box.publish(1, CHEAP)
    box.publish(1, {"other": CHEAPER["cloud-cola"]}, set="other")
    ledger = box.terminal.ledger._connection
    ledger.execute("UPDATE promotion_set SET body = '{\"cloud', in_force = ? WHERE name = 'cloud'", (in_force,))
    box.off()
    assert box.price() == 200
    assert box.publish(2, {"other": CHEAP["cloud-cola"]}, set="other")["state"] == "done"
    assert box.publish(2, CHEAPER)["state"] == "done"
    assert box.price() == 200


def test_an_id_that_the_shop_takes_later_is_the_shops(box: PromotionBox) -> None:
    box.publish(1, CHEAP)
    box.own = OWN.replace("own-cola", "cloud-cola")
    box.off()
    assert box.price() == 280


def test_a_coupon_is_known_while_its_promotion_is_told() -> None:
    offers = Offers.of((), ZoneInfo("Asia/Shanghai"))
    known = offers.coupons
    offers.stand(read_told({"voucher": {"kind": "coupon", "name": "券", "off_fen": 100, "from_fen": 200}}))
    assert known == {"voucher"}
    offers.stand(())
    assert known == set()


def test_the_command_line_sends_a_file_and_counts_versions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    db, file = tmp_path / "cloud.db", tmp_path / "pilot.toml"
    store = CloudStore(db)
    store.open()
    store.run("INSERT INTO terminal(tid, state, sess, boot) VALUES(?, 'online', 1, 1)", (TID,))
    store.commit()
    file.write_text(
        '[x]\nkind = "simple"\nname = "a"\nskus = ["1"]\noff_fen = 5\nends = 2026-12-31\n', encoding="utf-8"
    )
    words = ["--set", "pilot", "--db", str(db), "--wait", "0"]
    run(["promotions", TID, str(file), *words])
    assert "version 1 of the set pilot: 1 promotions" in capsys.readouterr().out
    run(["promotions", TID, "--end", *words])
    assert "version 2 of the set pilot: 0 promotions" in capsys.readouterr().out
    bodies = [row[0] for row in store.rows("SELECT json_extract(body, '$.args') FROM command ORDER BY cid")]
    assert '"ends":"2026-12-31"' in bodies[0]
    assert run(["promotions", TID, *words]) == 2
    store.close()


@pytest.mark.parametrize("db", ["nowhere/cloud.db", "odd?name#.db"])
def test_a_set_for_a_cloud_that_is_not_there_is_refused_in_words(
    db: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["promotions", TID, "--end", "--db", str(tmp_path / db)]) == 2
    assert (
        f"this is no file of edge cloud: unable to open database file, got {tmp_path / db}" in capsys.readouterr().err
    )
