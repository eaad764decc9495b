"""A break far back in the chain, found by the slow check, is taken seriously by the next boot."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from link_bench import LinkBench, Notes

FAR_BACK = 1_500
"""More rows than a boot after a clean stop looks at."""


def test_a_broken_link_far_back_is_found_by_the_boot_after_the_slow_check(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop")
    shop.sell()
    shop.tell(Notes(FAR_BACK))
    with closing(sqlite3.connect(shop.ledger.path)) as connection:
        connection.execute("UPDATE journal SET body = replace(body, '可乐', '可口') WHERE type = 'sale.completed'")
        connection.commit()
    shop.pass_s(601)
    shop.restart(clean=True)
    assert shop.ledger.set_aside is not None


def test_a_sale_cannot_be_passed_off_as_an_event_that_gave_its_body_up(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop")
    shop.sell()
    with closing(sqlite3.connect(shop.ledger.path)) as connection:
        connection.execute("UPDATE journal SET body = '', rej = 'dropped' WHERE stream = 'tx'")
        connection.commit()
    chain, _ = shop.queries.verify()
    assert chain.broken_at is not None


def test_a_second_row_of_one_key_may_be_damage_and_is_looked_at_by_the_next_boot(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop")
    shop.sell()
    with closing(sqlite3.connect(shop.ledger.path)) as connection:
        connection.execute("UPDATE pos SET head = head - 1 WHERE stream = 'tx'")
        connection.execute("DELETE FROM sale")
        connection.commit()
    shop.ledger._heads.positions.head["tx"] -= 1
    shop.sell()
    assert (shop.folder / "ledger.suspect").exists()
