"use strict";
// The parcel station: the locker wall, the van before the door, and the recipients' phones. Loaded before counter.js.

const STATION_TEXT = {
  "zh-CN": {
    views: { shop: "小店", station: "快递驿站", trades: "业务与进货" }, wall: "快递柜", van: "门口的车，点击即扫", couriers: "快递员的工牌", phones: "收件人的手机", shelf: "货架", station: "快递卡",
    more: "再来一车", scan: "扫", qr: "亮码", key: "键入", app: "身份码", send: "亮寄件码", noMessage: "还没有短信。收进一件，取件码就发到这里。", noShelf: "货架是空的",
    board: (n) => `${n}号板`, plugged: "插着", pulled: "拔了", place: (n) => `${n}号门`, code: "取件码",
    hands: { force: "撬开", shut: "关门", jam: "卡住", unjam: "修好", put_in: "放入", take_out: "拿出" },
    states: { free: "空", occupied: "有件", reserved: "开门中", check: "待查", fault: "故障" }, jammed: "卡",
    into: "放到", places: [["0", "货架"], ["1", "小"], ["2", "中"], ["3", "大"]],
    sizes: { S: "小", M: "中", L: "大" }, carriers: { SF: "顺丰", YTO: "圆通", JD: "京东", CHINA_POST: "邮政", YUNDA: "韵达", JT: "极兔", "": "?" },
    notes: { no_consent: "没同意代收", no_phone: "收不到短信", unannounced: "没有预告", two_carriers: "韵达还是邮政", ordered: "顾客订的货" },
    parcel: { checking_in: "开门中", stored: "已入库", releasing: "取件中", picked_up: "已取走", returned: "已退回", cancelled: "没放进去", refused: "拒收", overdue: "超期", missing: "不见了" },
    said: { "the door is shut": "门关着", "there is a parcel in it": "里面已有包裹", "there is no parcel in it": "里面没有包裹", "nobody has that badge": "没有这张工牌", "a pick-up code has six digits": "取件码是六位数", "the terminal does not ask for a code": "终端没有问取件码" },
  },
  en: {
    views: { shop: "Shop", station: "Parcel station", trades: "Services and supply" }, wall: "Locker wall", van: "The van, a click scans", couriers: "Couriers’ badges", phones: "Recipients’ phones", shelf: "Shelf", station: "Parcel cards",
    more: "Another van", scan: "Scan", qr: "Show QR", key: "Key it", app: "App code", send: "Show a sending code", noMessage: "No message yet. Take a parcel in, and its code arrives here.", noShelf: "The shelf is empty",
    board: (n) => `Board ${n}`, plugged: "plugged", pulled: "pulled", place: (n) => `door ${n}`, code: "Code",
    hands: { force: "Force open", shut: "Shut", jam: "Jam it", unjam: "Unjam", put_in: "Put in", take_out: "Take" },
    states: { free: "free", occupied: "parcel", reserved: "opening", check: "to check", fault: "fault" }, jammed: "jam",
    into: "Into", places: [["0", "shelf"], ["1", "S"], ["2", "M"], ["3", "L"]],
    sizes: { S: "S", M: "M", L: "L" }, carriers: { SF: "SF", YTO: "YTO", JD: "JD", CHINA_POST: "Post", YUNDA: "Yunda", JT: "J&T", "": "?" },
    notes: { no_consent: "no consent", no_phone: "gets no message", unannounced: "unannounced", two_carriers: "Yunda or Post", ordered: "ordered here" },
    parcel: { checking_in: "door opens", stored: "stored", releasing: "going out", picked_up: "picked up", returned: "returned", cancelled: "not put in", refused: "refused", overdue: "overdue", missing: "missing" },
    said: {},
  },
};
// Column, row and rows of each lock on its board: S two, M three, L four high.
const DOOR_AT = [[1, 1, 2], [1, 3, 2], [1, 5, 2], [2, 1, 2], [3, 1, 3], [3, 4, 3], [2, 3, 4], [4, 3, 4]];
const LEGEND = ["free", "occupied", "check", "fault"];

const view = { shown: "shop", drawn: "" };
const st = () => STATION_TEXT[language];
const named = (thing) => (language === "en" ? thing.name_en : thing.name);

function showView(name) {
  view.shown = name in st().views ? name : "shop";
  localStorage.setItem("view", view.shown);
  document.body.dataset.view = view.shown;
  [...$("views").children].forEach((tab) => tab.setAttribute("aria-pressed", tab.dataset.view === view.shown));
}

// What never changes but for the language.
function drawStationTexts() {
  document.querySelectorAll("[data-s]").forEach((e) => { e.textContent = st()[e.dataset.s]; });
  $("views").replaceChildren(...Object.entries(st().views).map(([name, text]) => {
    const tab = make("button", "", text);
    tab.dataset.view = name;
    tab.onclick = () => showView(name);
    return tab;
  }));
  showView(asked.get("view") || localStorage.getItem("view") || "shop");
  asked.delete("view");
  $("legend").replaceChildren(...LEGEND.map((name) => make("span", `led is-${name}`, st().states[name])));
  $("couriers").replaceChildren(...shelf.couriers.map((courier) => {
    const badge = make("button", `badge ${courier.carrier}`, named(courier));
    badge.onclick = () => post("courier", { carrier: courier.carrier });
    return badge;
  }));
  const cards = shelf.cards.filter((card) => card.heap === "parcels" || card.heap === "stop").map((card) => drawCard(card));
  $("into").replaceChildren(st().into, ...st().places.map(([digit, text]) => {
    const button = make("button", "", text);
    button.title = `${digit} ${t().enter}`;
    button.onclick = async () => { await post("key", { key: digit }); await post("key", { key: "Enter" }); };
    return button;
  }));
  const sends = make("button", "plain", st().send);
  sends.onclick = () => post("scan", { code: `SEND:SF:张三 13812345678:${once()}` });
  $("parcel-cards").replaceChildren(...cards, sends);
  view.drawn = "";
}

function drawStation() {
  const drawn = JSON.stringify([state.station, language]);
  if (drawn === view.drawn) return;
  view.drawn = drawn;
  $("views").querySelector("[data-view=station]").classList.toggle("calls", state.station.doors.some((door) => door.open));
  $("lockers").replaceChildren(...Object.entries(state.station.boards).map(([board, isIn]) => drawBoard(Number(board), isIn)));
  $("deliveries").replaceChildren(...state.station.deliveries.map(drawDelivery));
  const told = state.station.messages.map(drawMessage);
  $("told").replaceChildren(...(told.length ? told : [make("p", "hint", st().noMessage)]));
  const lying = state.station.shelf.map(drawLying);
  $("lying").replaceChildren(...(lying.length ? lying : [make("span", "note", st().noShelf)]));
}

function drawBoard(board, isIn) {
  const made = make("div", `board${isIn ? "" : " pulled"}`);
  const doors = state.station.doors.filter((door) => door.board === board);
  const plug = make("button", "plug", st().board(board));
  plug.append(make("small", "", isIn ? st().plugged : st().pulled));
  plug.setAttribute("aria-pressed", !isIn);
  plug.onclick = () => post("board", { board, on: !isIn });
  made.append(plug, ...doors.map((door, lock) => drawDoor(door, DOOR_AT[lock])));
  return made;
}

function drawDoor(door, [column, row, rows]) {
  const made = make("div", `door is-${door.state}${door.open ? " open" : ""}${door.jammed ? " jammed" : ""}${door.parcel ? " full" : ""}`);
  made.style.gridArea = `${row} / ${column} / span ${rows}`;
  made.title = `${door.cell} · ${st().states[door.state] ?? door.state}`;
  const act = (hand) => {
    const button = make("button", "", st().hands[hand]);
    button.onclick = () => post("door", { door: door.door, hand });
    return button;
  };
  const hands = make("div", "hands");
  if (door.open) hands.append(act(door.parcel ? "take_out" : "put_in"), act("shut"));
  else hands.append(act("force"), act(door.jammed ? "unjam" : "jam"));
  made.append(make("b", "", String(door.door)), make("span", "size", st().sizes[door.size]), make("i", "box"), make("em", "", door.jammed ? st().jammed : ""), hands);
  return made;
}

function drawDelivery(parcel) {
  const made = make("div", `delivery ${parcel.state}`);
  const place = parcel.place ? placeOf(parcel.place) : parcel.state === "expected" ? "" : st().parcel[parcel.state];
  const words = make("div", "words");
  const facts = make("small");
  facts.append(...[`${parcel.name} ${parcel.to.slice(-4)}`, st().sizes[parcel.size], place].filter(Boolean).map((fact) => make("span", "", fact)));
  if (parcel.note) facts.append(make("mark", "", st().notes[parcel.note]));
  words.append(make("code", "", parcel.waybill), facts);
  const button = make("button", "plain", st().scan);
  button.onclick = () => post("scan", { code: parcel.waybill });
  made.append(carrierSign(parcel.carrier), words, button);
  return made;
}

function once() {
  return Math.random().toString(36).slice(2, 10).padEnd(4, "0");
}

function drawMessage(message) {
  const made = make("div", "message");
  const code = make("p", "", `${st().code} `);
  code.append(make("b", "", message.code), ` · ${placeOf(message.place)}`);
  const qr = make("button", "plain", st().qr), key = make("button", "plain", st().key);
  qr.onclick = () => post("code", { code: message.code, keyed: false });
  key.onclick = () => post("code", { code: message.code, keyed: true });
  const app = make("button", "plain", st().app);  // of the platform: good once, and the cloud says whose it is
  app.onclick = () => post("code", { code: `ME:${message.to}:${once()}`, keyed: false });
  const hands = make("div", "row");
  hands.append(qr, key, app);
  made.append(make("small", "", message.to), code, hands);
  return made;
}

function drawLying(parcel) {
  const made = make("button", "lying", parcel.shelf);
  made.prepend(carrierSign(parcel.carrier));
  made.append(make("small", "", parcel.who));
  made.title = parcel.waybill;
  made.onclick = () => post("scan", { code: parcel.waybill });
  return made;
}

function carrierSign(carrier) {
  return make("i", `carrier ${carrier || "either"}`, st().carriers[carrier] ?? carrier);
}

function placeOf(place) {
  const door = state.station.doors.find((one) => one.cell === place);
  return door ? st().place(door.door) : place;
}
