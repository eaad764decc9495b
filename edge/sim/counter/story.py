"""A short day in the shop that plays itself: every sentence it prints was checked before it was printed."""

from __future__ import annotations

import threading

from edge.clock import Clock
from edge.codec.command_card import receipt_code
from edge.model.money import Fen, yuan
from edge.sim.counter.console import Console
from edge.sim.counter.customers import PHONES
from edge.sim.counter.goods import labels, stranger
from edge.sim.counter.parcel_story import ParcelPassage
from edge.sim.counter.service_story import ServicePassage
from edge.sim.counter.shop import Shop
from edge.sim.counter.shop_file import SCANNER
from edge.sim.counter.stage import NotSo, Stage
from edge.sim.counter.supply_story import SupplyPassage

CLOUD_S = 2.0
"""A sale is in the cloud within this time while the network is there."""
BACK_S = 40.0
"""After an outage: the terminal tries again at random moments, so that a thousand of them do not come at once."""
PRINT_S = 8.0
PAGE = "http://"
"""On the set-up slip."""
SET_UP_PAPERS = 2
RECONNECT_S = 10.0


class Story:
    def __init__(self, shop: Shop, console: Console, clock: Clock, stop: threading.Event) -> None:
        self._shop = shop
        self._console = console
        self._stage = Stage(shop, clock, stop)
        self._parcels = ParcelPassage(shop, self._stage, console.tell)
        self._services = ServicePassage(shop, self._stage, console.tell)
        self._supply = SupplyPassage(shop, self._stage, console.tell)

    def play(self) -> bool:
        """Every chapter; False when a claim did not hold, which is said."""
        chapters = (
            self._opens, self._first_sale, self._cards_alone, self._stranger, self._second_thoughts, self._weighed,
            self._phones, self._services.top_up, self._supply.orders_and_receives, self._parcels.couriers,
            self._parcels.recipients, self._night_falls,
            self._paper_ends, self._cover_opens, self._scanner_pulled, self._closes,
        )  # fmt: skip
        try:
            for chapter in chapters:
                chapter()
        except NotSo as error:
            self._console.tell(f"FAILED: {error}")
            return False
        return True

    def _opens(self) -> None:
        stage = self._stage
        stage.hear("sys.ready")
        seconds = stage.until(stage.online, "the cloud welcomes the terminal", within_s=BACK_S)
        self._tell(f"The shop is open. The cloud has welcomed the terminal after {seconds:.1f} s.")
        stage.until(
            lambda: len(self._shop.bench.slips()) == SET_UP_PAPERS, "the two set-up slips are printed", within_s=PRINT_S
        )
        named = [PAGE in slip.text for slip in self._shop.bench.slips()]
        stage.insist("one of them names the page", expected=1, got=sum(named))
        self._tell("The technician's PIN is on one paper, the owner's card on another.")

    def _first_sale(self) -> None:
        stage, bench = self._stage, self._shop.bench
        pulses = stage.drawer_pulses()
        names = ("Spring water 550ml", "Potato chips 75g", "Yoghurt 200g")
        heard = [stage.scan(name) for name in names]
        self._tell(f"A customer with three goods. The voice: {' … '.join(heard)}. The display: {self._display()}.")
        stage.keys("Enter")
        self._tell(f"Enter. The voice: {stage.hear('sale.total').text}.")
        stage.keys("1", "0", "Enter")
        short = stage.hear("sale.part").text
        stage.insist("a part of the cash completes nothing", expected=0, got=len(self._shop.talk.sales))
        self._tell(f"She gives 10 yuan. The voice: {short}. Nothing is completed.")
        stage.keys("2", "0", "Enter")
        sale = stage.paid("sale.change")
        stage.until(lambda: stage.drawer_pulses() == pulses + 1, "the drawer opens once")
        seconds = stage.until(lambda: stage.in_cloud(sale.receipt), "the cloud has the sale", within_s=CLOUD_S)
        self._tell(
            f"She gives 20 more. Sale {sale.receipt}, ¥{sale.amount}, journal {sale.n}, {sale.ms} ms. The drawer opened"
            f" once; the cloud had the row after {seconds:.1f} s."
        )
        stage.until(lambda: stage.papers(sale.receipt) == 1, "the receipt is on paper", within_s=PRINT_S)
        text = next(slip.text for slip in bench.slips() if sale.receipt in slip.text)
        for name in names:
            stage.insist(f"the receipt names {name}", expected=True, got=stage.good(name).name in text)
        self._tell("The receipt is on paper and names all three in Chinese.")
        self._shop.switch("drawer", on=False)

    def _cards_alone(self) -> None:
        stage = self._stage
        stage.scan("Red bean bun 90g")
        stage.card("Qty 3")
        pieces = stage.hear("item.qty").text
        stage.scan("Soy milk 250ml")
        sale = stage.exact_cash()
        self._tell(f"Without a key, by command cards: {pieces}; exact cash. Sale {sale.receipt}, ¥{sale.amount}.")

    def _stranger(self) -> None:
        stage, code = self._stage, stranger()
        self._shop.bench.scan(code)
        asked = stage.hear("item.unknown").text
        stage.keys("3", ".", "5", "+")
        stage.hear("item.added")
        self._shop.bench.scan("69000000000XX")
        refused = stage.hear("scan.bad", "scan.unknown").text
        sale = stage.exact_cash()
        stage.insist("the keyed price is the price", expected="3.50", got=sale.amount)
        self._tell(f"An item nobody knows: {asked}. 3.50 is keyed and sold. A garbled code: {refused}.")

    def _second_thoughts(self) -> None:
        stage = self._stage
        stage.scan("Beer 500ml")
        stage.scan("Instant coffee 7x")
        stage.card("Remove an item")
        stage.hear("remove.scan")
        self._shop.bench.scan(stage.good("Instant coffee 7x").code)
        removed = stage.hear("item.removed").text
        stage.card("Undo")
        undone = stage.hear("undo.back", "undo.done").text
        stage.keys("-")
        stage.hear("item.removed")
        sale = stage.exact_cash()
        stage.insist("only the beer is paid for", expected="5.00", got=sale.amount)
        self._tell(f"Second thoughts: {removed}; {undone}; removed again by one key. Paid: ¥{sale.amount}.")

    def _weighed(self) -> None:
        stage, bench = self._stage, self._shop.bench
        bench.put_on_scale(585)
        pork = stage.scan("Pork belly")
        bench.put_on_scale(0)
        bench.scan(labels()[0].code)
        apples = stage.hear("item.added").text
        bench.scan(stage.good("Baijiu 500ml").code)
        asked = stage.hear("item.age").text
        stage.keys("Enter")
        stage.hear("age.ok")
        sale = stage.exact_cash()
        stage.insist("585 g at 30.00, a label of 5.84 and a bottle", expected="71.39", got=sale.amount)
        self._tell(f"585 g on the scale: {pork}. A label of the shop's own: {apples}. A bottle: {asked}. Enter.")

    def _phones(self) -> None:
        stage, shop = self._stage, self._shop
        pays, broke = PHONES[0], next(phone for phone in PHONES if phone.name_en == "Has no money")
        stage.scan("Rice 5kg")
        shop.show_phone(broke)
        refused = stage.hear("pay.declined").text
        shop.show_phone(pays)
        by_code = stage.paid("pay.ok_sale")
        stage.scan("Milk chocolate 40g")
        stage.keys("Enter")
        stage.hear("sale.total")
        due = stage.good("Milk chocolate 40g").price or 0
        shop.pay_at_wall(Fen(due - 1))
        unmatched = stage.hear("pay.ok_other").text
        shop.pay_at_wall(Fen(due))
        at_wall = stage.paid("pay.ok_sale")
        self._tell(f"A phone without money: {refused}. Another pays: ¥{by_code.amount}.")
        self._tell(f"The QR code on the wall, a fen too little: {unmatched}. The right sum: ¥{at_wall.amount}.")

    def _night_falls(self) -> None:
        stage, shop = self._stage, self._shop
        stage.until(stage.all_confirmed, "all is sent before the network goes", within_s=BACK_S)
        shop.set_network(up=False)
        in_cloud = shop.balance.cloud
        sold = []
        for name in ("Salt 400g", "Eggs 10x", "Rice 5kg"):
            stage.scan(name)
            sold.append(stage.exact_cash().receipt)
        stage.insist("nothing reaches the cloud", expected=in_cloud, got=(shop.unsent(), shop.balance.cloud)[1])
        self._tell(f"The network is cut. Three sales go on, {sold[0]} to {sold[-1]}: {shop.unsent()} rows wait.")
        stage.scan("Umbrella")
        stage.scan("Lighter")
        pid, display = shop.terminal.pid, self._display()
        shop.switch("power", on=False)
        stage.insist("the process is gone", expected=None, got=shop.terminal.pid)
        self._tell(f"A fourth is begun with two goods; the power is cut: kill -9 of process {pid}.")
        shop.switch("power", on=True)
        said = stage.hear("sys.power").text
        stage.until(lambda: self._display() == display, "the basket is back on the display")
        self._tell(f"Power is back, process {shop.terminal.pid}. The voice: {said}. The display: {self._display()}.")
        sale = stage.exact_cash()
        stage.insist("the basket of before is paid", expected=2, got=sale.lines)
        shop.set_network(up=True)
        seconds = stage.until(stage.all_confirmed, "all rows arrive", within_s=BACK_S)
        self._tell(f"The fourth is paid, ¥{sale.amount}. The network is back: all rows arrived after {seconds:.1f} s.")
        self._even()

    def _paper_ends(self) -> None:
        stage = self._stage
        stage.wait_for_paper(BACK_S)
        self._shop.switch("paper", on=False)
        stage.scan("Tissues 3x")
        sale = stage.exact_cash()
        stage.until(lambda: stage.prints("waiting") == 1, "one print job waits")
        stage.insist("there is no paper of it", expected=0, got=stage.papers(sale.receipt))
        self._tell(f"The paper is out. Sale {sale.receipt} is booked all the same; one receipt waits.")
        self._shop.switch("paper", on=True)
        seconds = stage.until(lambda: stage.papers(sale.receipt) == 1, "a refill prints it", within_s=PRINT_S)
        stage.wait_for_paper(BACK_S)
        stage.insist("it is printed once", expected=1, got=stage.papers(sale.receipt))
        self._tell(f"A new roll: the receipt that waited came out {seconds:.1f} s later, once.")

    def _cover_opens(self) -> None:
        stage = self._stage
        before = stage.prints("unknown")
        self._shop.switch("trap", on=True)
        stage.scan("Soy sauce 500ml")
        stage.scan("Sugar 500g")
        sale = stage.exact_cash()
        said = stage.hear("print.unknown", within_s=PRINT_S).text
        stage.until(lambda: stage.prints("unknown") == before + 1, "its outcome is unknown")
        self._tell(
            f"The cover springs open in the middle of {sale.receipt}: its outcome is unknown. The voice: {said}."
        )
        self._shop.switch("cover", on=False)
        stage.until(self._printer_ready, "the printer is ready again")
        stage.card("Reprint receipt")
        stage.until(lambda: stage.papers(sale.receipt, copies=True) == 1, "a copy is printed", within_s=PRINT_S)
        self._tell("Cover shut, reprint card: a second paper, marked 重打 COPY.")

    def _scanner_pulled(self) -> None:
        stage, shop = self._stage, self._shop
        before = len(shop.talk.lines)
        shop.switch("scanner", on=False)
        stage.until(lambda: len(self._complaints(before)) == 1, "the console tells that the scanner is gone")
        line = self._complaints(before)[0]
        stage.until(lambda: self._device(SCANNER) == "offline", "the scanner is known to be gone")
        shop.switch("scanner", on=True)
        stage.until(lambda: self._device(SCANNER) == "ready", "the scanner is back", within_s=RECONNECT_S)
        stage.insist("it was told in one line", expected=1, got=len(self._complaints(before)))
        stage.scan("Green tea 500ml")
        sale = stage.exact_cash()
        self._tell(
            f"The scanner is pulled: “{line.partition(' ')[2]}”. Plugged in, the next scan sells: {sale.receipt}."
        )

    def _closes(self) -> None:
        stage, shop = self._stage, self._shop
        stage.wait_for_paper(BACK_S)
        stage.until(stage.all_confirmed, "all is confirmed in the evening", within_s=BACK_S)
        self._even()
        balance, sales = shop.balance, len(stage.booked)
        stage.insist("the cloud has every sale", expected=sales, got=balance.sales)
        stage.insist("the cloud has all the money", expected=yuan(stage.takings), got=yuan(balance.takings))
        originals = [stage.papers(sale.receipt) for sale in stage.booked]
        stage.insist("each sale has one original at most", expected=1, got=max(originals))
        claim = "each sale without a whole paper has a job that says unknown"
        stage.until(lambda: len(self._torn()) <= stage.prints("unknown"), claim, within_s=BACK_S)
        slips, torn = shop.bench.slips(), len(self._torn())
        self._console.say()
        self._console.say(f"{sales} sales, ¥{yuan(stage.takings)}, of which the cloud has ¥{yuan(balance.takings)}.")
        copies = sum(slip.is_copy for slip in slips)
        of_parcels, of_services, of_supply = self._parcels.papers, self._services.papers, self._supply.papers
        others = SET_UP_PAPERS + of_parcels + of_services + of_supply
        receipts = sum(stage.is_receipt(slip) for slip in slips)
        # One that was cut off before its number is a paper of its own, or lies above what was printed next.
        nameless = min(max(len(slips) - receipts - copies - others, 0), torn)
        stage.insist("no paper is left over or missing", expected=receipts + copies + others + nameless, got=len(slips))
        stage.insist("each whole receipt is on a paper", expected=True, got=sales - torn <= receipts <= sales)
        self._console.say(
            f"{len(slips)} papers: the technician's slip, the owner's card, {sales - torn} receipts, {torn} torn,"
            f" {copies} marked copy, {of_parcels} of parcels, {of_services} of services, {of_supply} of supply."
        )
        self._console.say(f"Journal {balance.journal} rows, its chain is whole; cloud {balance.cloud} rows.")
        self._console.say(f"{balance.lost} lost, {balance.doubled} doubled.")

    # --- what several chapters need --------------------------------------------------------------------------------

    def _tell(self, text: str) -> None:
        self._console.tell(text)

    def _display(self) -> str:
        return " | ".join(" ".join(line.split()) for line in self._shop.bench.screen_lines())

    def _even(self) -> None:
        stage, balance = self._stage, self._shop.balance
        stage.insist("the journal is whole", expected="", got=self._shop.books.verify())
        stage.insist("journal and cloud have the same rows", expected=balance.journal, got=balance.cloud)
        stage.insist("nothing is lost or doubled", expected=(0, 0), got=(balance.lost, balance.doubled))

    def _torn(self) -> list[str]:
        """Receipt numbers of sales whose paper does not end with its barcode."""
        papers = [slip for slip in self._shop.bench.slips() if not slip.is_copy]
        whole = {code for slip in papers for code in slip.barcodes}
        return [sale.receipt for sale in self._stage.booked if receipt_code(sale.receipt) not in whole]

    def _printer_ready(self) -> bool:
        return self._device("receipt_printer") == "ready"

    def _device(self, name: str) -> str:
        health = self._shop.terminal.health()
        devices = health["devices"] if health else []
        return next((str(device["state"]) for device in devices if device["name"] == name), "")

    def _complaints(self, since: int) -> list[str]:
        """What the console says of the scanner since then, but for the good news."""
        lines = list(self._shop.talk.lines)[since:]
        return [line for line in lines if SCANNER in line and not line.endswith(": open")]
