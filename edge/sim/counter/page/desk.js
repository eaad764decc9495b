"use strict";
// Services and supply: for each trade its cards and what people bring. And the codes of a slip. Loaded before counter.js.

const DESK_TEXT = {
  "zh-CN": {
    also: { app_order: "手机上下一单", rider: "骑手的取货码", owner: "店主卡（纸上那张）", van: "下一车来了" },
    one: "扫这张", whole: "整张", said: { "the owner's card does not lie here": "店主卡不在柜台上", "nobody has ordered in an app": "还没有人在手机上下单", "nobody has that": "没有这个" },
  },
  en: {
    also: { app_order: "Order in the app", rider: "Rider’s code", owner: "Owner’s card (on paper)", van: "The next van comes" },
    one: "Scan this one", whole: "All of it", said: {},
  },
};
const ALWAYS = ["ZZ1014", "ZZ1021", "ZZ1908"];
const dt = () => DESK_TEXT[language];

function drawDesk() {
  const always = make("div", "cards always");
  always.append(...ALWAYS.map((code) => drawCard(shelf.cards.find((card) => card.code === code))));
  $("desk").replaceChildren(always, ...shelf.trades.map(drawTrade));
}

function drawTrade(trade) {
  const made = make("div", "trade");
  made.append(make("h2", "", named(trade)), make("p", "", language === "en" ? trade.how_en : trade.how));
  const cards = trade.cards.map((code) => drawCard(shelf.cards.find((card) => card.code === code)));
  const brought = trade.examples.map((example) => {
    const button = make("button", `brought on-${example.look}`, named(example));
    button.onclick = () => post("show", { example: example.id });
    return button;
  });
  const also = trade.also.map((name) => drawAlso(name));
  for (const row of [cards, [...also, ...brought]]) {
    const lying = make("div", "cards");
    lying.append(...row);
    if (row.length) made.append(lying);
  }
  return made;
}

function drawAlso(name) {
  const button = make("button", `brought on-${name === "rider" ? "phone" : name === "owner" ? "paper" : "hand"}`, dt().also[name]);
  button.onclick = () => post(name, {});
  return button;
}

// A slip in full size, and a button for each code on it; several may be scanned, one after the other.
async function openSlip(number, source) {
  const codes = await (await fetch(`slip/${number}.json`)).json();
  const isOne = codes.length === 1;
  $("large").querySelector("img").src = source;
  $("slip-codes").replaceChildren(...codes.map(({ above, code }, place) => {
    const button = make("button", "card", isOne ? dt().one : place === codes.length - 1 ? dt().whole : above);
    button.title = code;
    button.onclick = (event) => {
      if (!isOne) event.stopPropagation();
      post("scan", { code });
    };
    return button;
  }));
  if (!$("large").open) $("large").showModal();
}
