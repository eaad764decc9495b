"""The shop's locker wall: sixteen doors on two boards, what lies behind each, and the documents that tell of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import Random

from edge.codec.badge import BadgeCode, badge_id, new_badge_code
from edge.codec.cell_map import CELLS, WALL, document_of
from edge.model.badge import Badge, Role
from edge.model.cell import Place, Size
from edge.model.cell_map import CellMap
from edge.model.door import Wiring
from edge.sim.locker import DoorModel, LockerModel
from edge.store.badges import BADGES, BadgeBook
from edge.store.documents import Documents

LOCKER = "locker_wall"
BOARDS, LOCKS = (1, 2), 8
SIZES = (Size.S, Size.S, Size.S, Size.S, Size.M, Size.M, Size.L, Size.L)
"""Of the doors of each board."""
WIRINGS = {"cu16": Wiring(0, False), "8a": Wiring(1, True)}
"""As a technician found them when the wall was put up. Boards cu16 see what lies in their cells, 8a do not."""
CARRIERS = ("SF", "YTO", "JD")
COURIERS: dict[str, BadgeCode] = {carrier: new_badge_code(Random(carrier)) for carrier in CARRIERS}
CODE_DAYS = 7
SETTINGS = """\
[parcels]
shelf = "1-1"
code_days = {days}
[devices.locker_wall]
driver = "locker_{protocol}"
port = "sim://locker_wall"
boards = [1, 2]
"""


class Wall:
    """It hangs on a supply of its own and outlives each life of the box. `inside`: the waybill behind each door."""

    def __init__(self, chance: Random) -> None:
        self.protocol = chance.choice(sorted(WIRINGS))
        self.model = LockerModel(self.protocol, dict.fromkeys(BOARDS, LOCKS))
        self.inside: dict[int, str] = {}

    @property
    def sees(self) -> bool:
        """Whether its cells have sensors."""
        return self.protocol == "cu16"

    @property
    def settings(self) -> str:
        return SETTINGS.format(days=CODE_DAYS, protocol=self.protocol)

    @property
    def cells(self) -> CellMap:
        places = tuple(
            Place(cell_of(door), door, LOCKER, *lock_of(door), SIZES[(door - 1) % LOCKS])
            for door in range(1, len(BOARDS) * LOCKS + 1)
        )
        return CellMap(places, {(LOCKER, board): WIRINGS[self.protocol] for board in BOARDS})

    def hang_up(self, data_dir: Path, at: datetime) -> None:
        """Before the terminal runs for the first time: the cell map, and badges for the couriers."""
        documents, _ = Documents.open(data_dir / "documents", at=at)
        documents.collection(CELLS).put(WALL, document_of(self.cells))
        badges = BadgeBook(documents.collection(BADGES))
        for carrier, code in COURIERS.items():
            badges.keep(Badge(badge_id(code.hash), code.hash, Role.COURIER, "小李", at, carrier=carrier))

    # --- hands -----------------------------------------------------------------------------------------------------

    def leaf(self, door: int) -> DoorModel:
        return self.model.door(*lock_of(door))

    @property
    def doors(self) -> range:
        return range(1, len(BOARDS) * LOCKS + 1)

    @property
    def open_doors(self) -> list[int]:
        return [door for door in self.doors if self.leaf(door).is_open]

    def put(self, waybill: str, door: int) -> None:
        assert self.leaf(door).is_open and door not in self.inside
        self.inside[door] = waybill
        self.leaf(door).has_parcel = True

    def take(self, door: int) -> str:
        """What lay there, or an empty text."""
        self.leaf(door).has_parcel = False
        return self.inside.pop(door, "")

    def shut(self, door: int) -> None:
        self.leaf(door).is_open = False

    def unlock(self, door: int) -> None:
        """With the shopkeeper's key."""
        self.leaf(door).is_open = True

    def mend(self) -> None:
        """No door jams, every board is plugged in, and somebody has shut what stood open."""
        for board in self.model.boards.values():
            board.answers = True
            for leaf in board.doors:
                leaf.jammed = leaf.is_open = False


def lock_of(door: int) -> tuple[int, int]:
    """(board, lock)."""
    return BOARDS[(door - 1) // LOCKS], 1 + (door - 1) % LOCKS


def cell_of(door: int) -> str:
    return f"B{door:02d}"


def door_of(cell: str) -> int:
    return int(cell[1:])
