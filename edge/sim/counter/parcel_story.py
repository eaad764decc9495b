"""Couriers and recipients, as a passage of the short day: shelf, lockers, a jammed door, codes right and wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from edge.reference_cloud.report import CloudReport
from edge.sim.counter.deliveries import COURIERS, Delivery, of_note
from edge.sim.counter.shop import Shop
from edge.sim.counter.shop_file import TID
from edge.sim.counter.stage import Stage
from edge.sim.counter.wall import Hand

DOOR_S = 8.0
"""From a scan to a door that is open or is known to be jammed, and from a shut door to the word that it was seen."""
TOLD_S = 10.0
"""From a parcel that is stored to the recipient's message."""
JAMMED, MEDIUM, SMALL = 5, 6, 1
"""The lowest of the medium doors, the next one, and the lowest of the small ones: an empty wall gives these."""
NO_CODE = "000000"


class ParcelPassage:
    """`papers`: how many the printer gave for parcels so far."""

    def __init__(self, shop: Shop, stage: Stage, tell: Callable[[str], None]) -> None:
        self.papers = 0
        self._shop = shop
        self._stage = stage
        self._tell = tell
        self._codes: dict[str, str] = {}

    def couriers(self) -> None:
        """Two parcels for the shelf, two for the lockers, and a message for each recipient."""
        stage = self._stage
        stage.until(self._is_announced, "the terminal was told what will come", within_s=TOLD_S)
        first, second, refused, small = self._four()
        self._badge("SF")
        self._scan(first, "parcel.seq")
        asked = self._scan(refused, "parcel.consent")
        stage.keys("Enter")
        place = stage.hear("parcel.seq").text
        self.papers += 1
        self._tell(f"A courier's badge. A parcel for the shelf, and one whose recipient does not want it: {asked}.")
        self._tell(f"He has called, Enter, and it gets its place: {place}.")
        self._shop.bench.wall.lay_hand_on(JAMMED, Hand.JAM)
        self._into("2", "parcel.size_m")
        stuck = self._scan(second, "door.stuck")
        opened = self._put_in(MEDIUM)
        self._tell(f"The next one into a locker, but its door is jammed: {stuck}. {opened}.")
        self._stop()
        self._badge("YTO")
        self._into("1", "parcel.size_s")
        self._scan(small)
        opened = self._put_in(SMALL)
        self._stop()
        stage.until(lambda: self._messages(4), "four messages were sent", within_s=TOLD_S)
        self._tell(f"Another courier: {opened}. For each of the four the cloud has sent a message with a code.")

    def recipients(self) -> None:
        """A wrong code, a parcel out of a locker, and one person's two, of which one lies on the shelf."""
        stage = self._stage
        first, second, refused, small = self._four()
        self._key(NO_CODE)
        wrong = stage.hear("parcel.wrong_code").text
        self._shop.bench.type(self._codes[small.waybill])
        opened = self._take_out(SMALL)
        self._tell(f"A wrong code: {wrong}. The right one: {opened}.")
        self._key(self._codes[first.waybill])
        many = stage.hear("parcel.many").text
        self._take_out(MEDIUM)
        alarm = self._scan(refused, "parcel.wrong")
        self._scan(first, "parcel.bye")
        self._tell(f"One code for two parcels: {many}. Somebody else's from the shelf: {alarm}. Then the right one.")
        stage.until(stage.all_confirmed, "all parcels are at the cloud", within_s=TOLD_S)
        rows = CloudReport(self._shop.cloud_file).rows(TID, "pk")
        kinds = Counter(row.type for row in rows)
        stage.insist("four came in, three went out", expected=(4, 3), got=_in_and_out(kinds))
        out = [row.data["waybill"] for row in rows if row.type == "parcel.collected"]
        stage.insist("each went once", expected=sorted(p.waybill for p in (first, second, small)), got=sorted(out))
        self._shop.station.read()
        seen = self._shop.station.look()
        stage.insist("one lies here still", expected=[refused.waybill], got=[p["waybill"] for p in seen["shelf"]])
        states = Counter(door["state"] for door in seen["doors"])
        stage.insist("one door is out of use, the others are free", expected={"fault": 1, "free": 15}, got=dict(states))
        self._tell("The cloud has four parcels in and three out, the shelf has one, one door waits to be mended.")

    # --- hands -----------------------------------------------------------------------------------------------------

    def _four(self) -> tuple[Delivery, Delivery, Delivery, Delivery]:
        """Two of one recipient, one that nobody agreed to, one of another carrier."""
        deliveries = self._shop.station.vans.deliveries
        first, second = of_note(deliveries, "SF")
        (refused,), (small,) = of_note(deliveries, "SF", "no_consent"), of_note(deliveries, "YTO")
        return first, second, refused, small

    def _badge(self, carrier: str) -> None:
        (badge,) = [courier.badge for courier in COURIERS if courier.carrier == carrier]
        self._shop.bench.scan(badge.text)
        self._stage.hear("parcel.scan")

    def _scan(self, delivery: Delivery, prompt: str = "") -> str:
        self._shop.bench.scan(delivery.waybill)
        if prompt == "parcel.seq":
            self.papers += 1
        return self._stage.hear(prompt, within_s=DOOR_S).text if prompt else ""

    def _into(self, key: str, prompt: str) -> None:
        self._stage.keys(key, "Enter")
        self._stage.hear(prompt)

    def _stop(self) -> None:
        self._stage.card("STOP")
        self._stage.hear("parcel.done")
        self.papers += 1

    def _put_in(self, door: int) -> str:
        return self._at_door(door, "door.put", Hand.PUT_IN, "parcel.in_ok")

    def _take_out(self, door: int) -> str:
        return self._at_door(door, "door.open", Hand.TAKE_OUT, "parcel.bye")

    def _at_door(self, door: int, asked: str, hand: Hand, answered: str) -> str:
        """What a hand does at the door that opens, and what the box says before and after it; returns the first."""
        wall, opened = self._shop.bench.wall, self._stage.hear(asked, within_s=DOOR_S).text
        self._stage.insist(f"door {door} is open", expected=True, got=wall.is_open(door))
        wall.lay_hand_on(door, hand)
        wall.lay_hand_on(door, Hand.SHUT)
        self._stage.hear(answered, within_s=DOOR_S)
        return opened

    def _key(self, code: str) -> None:
        wrong = self._shop.station.show_code(code, keyed=True)
        self._stage.insist("the terminal asks for a code", expected="", got=wrong)

    # --- eyes ------------------------------------------------------------------------------------------------------

    def _is_announced(self) -> bool:
        rows = CloudReport(self._shop.cloud_file).rows(TID, "pk")
        expected = [one for one in self._shop.station.vans.deliveries if one.is_announced]
        return sum(row.type == "parcel.expected" for row in rows) >= len(expected)

    def _messages(self, count: int) -> bool:
        told = CloudReport(self._shop.cloud_file).messages(TID)
        self._codes = {message.waybill: message.code for message in told}
        return len(self._codes) == count


def _in_and_out(kinds: Counter[str]) -> tuple[int, int]:
    return kinds["parcel.stored"], kinds["parcel.collected"]
