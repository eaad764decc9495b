"use strict";
// The counter: draws the state that /events sends, and posts what hands do. No framework, nothing from outside.

const many = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
const TEXT = {
  "zh-CN": {
    title: "巷口便利店 · 收银台", goods: "商品，点击即扫", cards: "命令卡", phones: "顾客的手机，点击即亮付款码", wall: "墙上收款码", yuan: "元", pay: "转账", wallWrong: "请输入金额，如 3.50", anyCode: "输入任意条码，再扫", scan: "扫", shut: "推回去",
    paper: "小票", noPaper: "还没有小票。扫三样商品，输入收到的钱，按确认。", hurt: "捣乱", sale: "最近一单", outbox: "待发",
    cloud: "云端已存", n: "流水号", row: "记录", receipt: "小票号", amount: "金额", console: "终端的控制台", ownPage: "技术员页面",
    all: "全部", fresh: "生鲜", onLabel: "标签", takeOff: "拿下", drinks: "饮料", snacks: "零食", food: "粮油", home: "日用", appliance: "家电", strange: "陌生商品", noPrice: "问价",
    enter: "确认", cancel: "取消", unsent: "条待发", acked: "已确认", verdict: (b) => `${b.lost} 丢失 · ${b.doubled} 重复`,
    counted: (b) => `本机 ${b.journal} 条，云端 ${b.cloud} 条，${b.sales} 单`, pid: (p) => p ? `终端进程 ${p}` : "终端没电", again: "通，终端就要重连",
    drawerOpen: "钱箱开着", drawerShut: "钱箱关着", kicks: (n) => `弹开 ${n} 次`, speakOn: "声音开着", speakOff: "听它说话",
    noSale: "还没有", saleLine: (s) => `${s.receipt}，流水号 ${s.n}，${s.ms} 毫秒`,
    ready: "打印机就绪", out: "没纸了", coverOpen: "盖子开着", printing: "正在打印", waiting: (p) => `${p.waiting} 张待打`, unknown: (p) => `${p.unknown} 张不确定`,
    gone: "演示已关闭。在终端里再运行 make run。", other: "English",
    heaps: { sell: "卖货", pay: "收钱退货", day: "店务", services: "业务", goods: "货品", help: "帮助", owner: "店主" },
    said: {
      "expected a code": "请输入条码", "the scanner is not plugged in": "扫码枪没有插上", "there is nothing to scan on it": "这张上没有码可扫",
      "nobody has that phone": "没有这部手机", "the wall takes 0.01 to 10,000 yuan": "金额要在一分到一万元之间", "the pad has no such key": "键盘上没有这个键",
    },
    sw: { network: ["网络", "通", "断了"], power: ["电源", "有电", "断电了"], scanner: ["扫码枪", "插着", "拔了"], scale: ["秤", "开着", "关了"], paper: ["打印纸", "有纸", "没纸"], cover: ["打印机盖", "关着", "开着"], trap: ["打到一半开盖", "不捣乱", "等下一张小票"] },
  },
  en: {
    title: "Corner Shop · counter", goods: "Goods, a click scans", cards: "Command cards", phones: "Customers’ phones, a click shows a payment code", wall: "QR code on the wall", yuan: "yuan", pay: "Send", wallWrong: "Type an amount such as 3.50", anyCode: "any code, then scan", scan: "Scan", shut: "Push shut",
    paper: "Receipts", noPaper: "No receipt yet. Scan three goods, key the cash received, press Enter.", hurt: "Make trouble", sale: "Last sale", outbox: "Outbox",
    cloud: "Stored in the cloud", n: "Journal", row: "Row", receipt: "Receipt", amount: "Amount", console: "The terminal's console", ownPage: "technician's page",
    all: "All", fresh: "Fresh", onLabel: "label", takeOff: "Take off", drinks: "Drinks", snacks: "Snacks", food: "Food", home: "Home", appliance: "Appliances", strange: "Unknown item", noPrice: "asks",
    enter: "Enter", cancel: "Cancel", unsent: "unsent", acked: "acked", verdict: (b) => `${b.lost} lost · ${b.doubled} doubled`,
    counted: (b) => `${many(b.journal, "row")} here, ${b.cloud} in the cloud, ${many(b.sales, "sale")}`, pid: (p) => p ? `terminal pid ${p}` : "terminal without power", again: "up, about to reconnect",
    drawerOpen: "Drawer open", drawerShut: "Drawer shut", kicks: (n) => `opened ${many(n, "time")}`, speakOn: "sound on", speakOff: "hear it speak",
    noSale: "none yet", saleLine: (s) => `${s.receipt}, journal ${s.n}, ${s.ms} ms`,
    ready: "Printer ready", out: "Out of paper", coverOpen: "Cover open", printing: "Printing", waiting: (p) => `${p.waiting} waiting`, unknown: (p) => `${p.unknown} unknown`,
    gone: "The demo is closed. Type make run again.", other: "中文", said: {}, heaps: { sell: "Sell", pay: "Pay", day: "Day", services: "Services", goods: "Goods", help: "Help", owner: "Owner" },
    sw: { network: ["Network", "up", "cut"], power: ["Power", "on", "cut"], scanner: ["Scanner", "plugged in", "pulled"], scale: ["Scale", "on", "off"], paper: ["Paper", "in", "out"], cover: ["Printer cover", "shut", "open"], trap: ["Cover opens mid-receipt", "no", "at the next receipt"] },
  },
};
const PAD = [["Cancel", "small op"], ["/", "op", "?"], ["*", "op", "×"], ["Backspace", "op", "⌫"], ["7"], ["8"], ["9"], ["-", "op", "−"], ["4"], ["5"], ["6"], ["+", "op"], ["1"], ["2"], ["3"], ["Enter", "enter"], ["0", "zero"], ["."]];
const LOADS = [[585, "585 g"], [333, "333 g"], [1000, "1 kg"], [16000, "16 kg"]];
const CARD_LOOKS = { ZZ1014: "strong", ZZ1021: "strong", ZZ1908: "stop" };

const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
let language = asked.get("language") || localStorage.getItem("language") || "zh-CN";
let shelf = null, state = null, dept = "all", heap = "sell", ear = null, spoken = null, cloudTop = null;
const t = () => TEXT[language];

function make(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) warn(await answer.text());
}

function warn(text) {
  $("banner").textContent = t().said[text] ?? st().said[text] ?? dt().said[text] ?? text;
  $("banner").hidden = false;
  clearTimeout(warn.timer);
  warn.timer = setTimeout(() => { $("banner").hidden = true; }, 4000);
}

function money(fen) {
  if (typeof fen === "string") return fen;
  return fen === null ? t().noPrice : `¥${(fen / 100).toFixed(2)}`;
}

// --- what never changes but for the language ---

function drawTexts() {
  document.documentElement.lang = language;
  document.querySelectorAll("[data-t]").forEach((e) => { e.textContent = t()[e.dataset.t]; });
  document.querySelectorAll("[data-p]").forEach((e) => { e.placeholder = t()[e.dataset.p]; });
  $("language").textContent = t().other;
  $("speak").textContent = ear ? t().speakOn : t().speakOff;
  $("speak").setAttribute("aria-pressed", ear !== null);
}

function drawTabs(where, names, chosen, choose) {
  $(where).replaceChildren(...Object.entries(names).map(([name, text]) => {
    const tab = make("button", "", text);
    tab.setAttribute("aria-pressed", name === chosen);
    tab.onclick = () => { choose(name); drawShelf(); };
    return tab;
  }));
}

function drawShelf() {
  drawTabs("depts", Object.fromEntries(["all", "fresh", "drinks", "snacks", "food", "home", "appliance"].map((name) => [name, t()[name]])), dept, (name) => { dept = name; $("goods").scrollTop = 0; });
  drawTabs("heaps", t().heaps, heap, (name) => { heap = name; });
  const ordered = [...shelf.goods.filter((good) => good.weighed), ...shelf.goods.filter((good) => !good.weighed)];
  const shown = ordered.filter((good) => dept === "all" || good.dept === dept).map(drawGood);
  if (dept === "all" || dept === "fresh") shown.unshift(...shelf.labels.map((label) => drawGood({ code: label.code, name: label.name, name_en: label.name_en, price: t().onLabel, dept: "pack" })));
  if (dept === "all") shown.push(drawGood({ code: shelf.stranger, name: t().strange, name_en: t().strange, price: null, dept: "strange" }));
  $("goods").replaceChildren(...shown);
  fadeGoods();
  const cards = [heap, "stop"].flatMap((lying) => shelf.cards.filter((card) => card.heap === lying)).map(drawCard);
  $("cards").replaceChildren(...cards, ...(heap === "owner" ? [drawAlso("owner")] : []));
}

function drawCard(card) {
  const button = make("button", `card ${CARD_LOOKS[card.code] || ""}`, language === "en" ? card.name_en : card.name);
  button.title = card.code;
  button.onclick = () => post("scan", { code: card.code });
  return button;
}

// There is more below: the last row fades.
function fadeGoods() {
  const box = $("goods");
  box.classList.toggle("more", box.scrollTop + box.clientHeight < box.scrollHeight - 4);
}

function drawPhones() {
  $("phones").replaceChildren(...shelf.phones.map((phone) => {
    const button = make("button", "phone", language === "en" ? phone.name_en : phone.name);
    button.onclick = () => post("phone", { digits: phone.digits });
    return button;
  }));
}

function drawGood(good) {
  const button = make("button", `good ${good.dept}`);
  const name = language === "en" ? good.name_en : good.name;
  button.append(make("i", "", good.dept === "strange" ? "?" : good.name[0]), make("b", "", good.weighed ? `${name} 1kg` : name), make("span", "", money(good.price)));
  button.title = good.code;
  button.onclick = () => post("scan", { code: good.code });
  return button;
}

function drawPad() {
  $("pad").replaceChildren(...PAD.map(([key, look, sign]) => {
    const label = key === "Enter" ? t().enter : key === "Cancel" ? t().cancel : sign || key;
    const button = make("button", look || "", label);
    button.setAttribute("aria-label", key);
    button.onclick = () => post("key", { key });
    return button;
  }));
}

function drawLoads() {
  const takeOff = make("button", "plain", t().takeOff);
  takeOff.onclick = () => post("load", { grams: 0 });
  $("loads").replaceChildren(...LOADS.map(([grams, label]) => {
    const button = make("button", "plain", label);
    button.onclick = () => post("load", { grams });
    return button;
  }), takeOff);
}

function drawScale() {
  const { on, text, moving } = state.scale;
  $("scale-text").textContent = text;
  $("scale-text").className = on ? (moving ? "moving" : "") : "off";
}

// --- what the shop says ---

function draw() {
  if (!state || !shelf) return;
  const on = state.pid !== null;
  $("pid").textContent = t().pid(state.pid);
  $("pid").classList.toggle("bad", !on);
  $("verdict").textContent = t().verdict(state.books);
  $("verdict").classList.toggle("bad", state.books.lost + state.books.doubled > 0);
  drawDisplay();
  drawVoice();
  $("drawer").classList.toggle("open", state.drawer.open);
  $("drawer-state").textContent = state.drawer.open ? t().drawerOpen : t().drawerShut;
  $("drawer-kicks").textContent = t().kicks(state.drawer.pulses);
  $("shut").disabled = !state.drawer.open;
  drawScale();
  drawPaper();
  drawSwitches(on);
  drawSale();
  drawOutbox();
  drawStation();
  drawCloud();
  $("log").textContent = state.lines.join("\n");
}

function drawDisplay() {
  const cells = [];
  for (const line of state.display) {
    let width = 0;
    for (const char of line) {
      const wide = char.codePointAt(0) > 0x7e && char !== "¥";
      if (width + (wide ? 2 : 1) > 20) break;
      width += wide ? 2 : 1;
      cells.push(make("span", wide ? "wide" : "", char));
    }
    for (; width < 20; width += 1) cells.push(make("span", "", " "));
  }
  $("display").setAttribute("aria-label", state.display.join(" / "));
  $("display").replaceChildren(...cells);
}

function drawVoice() {
  const last = state.voice.at(-1);
  if (last && spoken !== last.no) {
    $("voice").replaceChildren(...state.voice.slice(-4).map((sentence) => {
      const bubble = make("p", "", sentence.text);
      bubble.title = `${sentence.at} ${sentence.prompt}`;
      return bubble;
    }));
    spoken = last.no;
  }
}

// What the loudspeaker plays, as it plays it. Browsers allow sound only after a click, so nobody listens at first.
const SOUND = { rate: 22050, lead: 0.08 };

function listen() {
  const made = { context: new AudioContext(), stop: new AbortController(), next: 0, odd: [] };
  hear(made).catch((error) => { if (error.name !== "AbortError") warn(String(error)); });
  return made;
}

function deafen(old) {
  old.stop.abort();
  old.context.close();
  return null;
}

async function hear(mine) {
  const reader = (await fetch("sound", { signal: mine.stop.signal })).body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const octets = new Uint8Array([...mine.odd, ...value]);
    mine.odd = octets.length % 2 ? [octets.at(-1)] : [];
    play(mine, new Int16Array(octets.buffer, 0, octets.length >> 1));
  }
}

function play(mine, samples) {
  if (!samples.length) return;
  const piece = mine.context.createBuffer(1, samples.length, SOUND.rate);
  piece.getChannelData(0).set(Float32Array.from(samples, (sample) => sample / 32768));
  const source = mine.context.createBufferSource();
  source.buffer = piece;
  source.connect(mine.context.destination);
  const now = mine.context.currentTime;
  mine.next = mine.next < now ? now + SOUND.lead : mine.next;
  source.start(mine.next);
  mine.next += piece.duration;
}

function drawPaper() {
  const { paper_out: out, cover_open: open } = state.printer;
  $("printer").classList.toggle("open", open);
  $("lamp").classList.toggle("bad", out || open);
  $("printer-state").textContent = open ? t().coverOpen : out ? t().out : state.hanging ? t().printing : t().ready;
  const prints = state.prints ? [state.prints.waiting && t().waiting(state.prints), state.prints.unknown && t().unknown(state.prints)].filter(Boolean) : [];
  $("prints").textContent = prints.join(" · ");
  $("prints").classList.toggle("bad", prints.length > 0);
  const wanted = [...state.slips].reverse().map((number) => `slip/${number}.png?run=${shelf.run}`);
  const shown = [...$("roll").querySelectorAll("img:not(.hanging)")].map((img) => img.getAttribute("src"));
  if (wanted.join() !== shown.join()) {
    const images = wanted.map((source, place) => {
      const img = make("img");
      img.onload = () => { if (place === 0) $("roll").scrollTop = 0; };
      img.src = source;
      img.alt = `${t().paper} ${wanted.length - place}`;
      img.onclick = () => openSlip(Number(source.match(/\d+/)[0]), source);
      return img;
    });
    $("roll").replaceChildren(...images);
    $("roll").scrollTop = 0;
  }
  if (!wanted.length && !state.hanging && !$("roll").firstChild) $("roll").append(make("p", "hint", t().noPaper));
  drawHanging();
}

function drawHanging() {
  let img = $("roll").querySelector(".hanging");
  if (!state.hanging) { if (img) img.remove(); return; }
  if (!img) { img = make("img", "hanging"); $("roll").querySelector(".hint")?.remove(); $("roll").prepend(img); }
  if (img.dataset.marks !== String(state.hanging)) {
    img.dataset.marks = state.hanging;
    const next = new Image();
    next.onload = () => { img.src = next.src; };
    next.src = `slip/0.png?run=${shelf.run}&marks=${state.hanging}-${state.slips.length}`;
  }
}

function drawSwitches(on) {
  const well = { network: state.network, power: on, scanner: state.scanner, scale: state.scale.on, paper: !state.printer.paper_out, cover: !state.printer.cover_open, trap: !state.printer.trap };
  $("switches").replaceChildren(...Object.entries(t().sw).map(([name, [title, good, bad]]) => {
    const button = make("button", `switch sw-${name}${well[name] ? "" : " hurt"}`);
    const words = make("span", "", title);
    const waits = name === "network" && state.network && state.link && state.link !== "online";
    words.append(make("small", "", waits ? t().again : well[name] ? good : bad));
    button.append(words);
    button.setAttribute("aria-pressed", !well[name]);
    // cover and trap are named for the trouble, the others for what is well
    const named = name === "cover" || name === "trap";
    button.onclick = () => post("switch", { name, on: named ? well[name] : !well[name] });
    return button;
  }));
}

function drawSale() {
  if (!state.sale) { $("sale").textContent = t().noSale; return; }
  $("sale").replaceChildren(make("b", "", `¥${state.sale.amount}`), t().saleLine(state.sale));
}

function drawOutbox() {
  const unsent = make("span");
  unsent.append(make("b", "", String(state.books.unsent)), t().unsent);
  const streams = state.streams.map(([name, head, acked]) => make("span", "", `${name} ${t().acked} ${acked}/${head}`));
  $("streams").replaceChildren(unsent, ...streams);
  $("streams").classList.toggle("waiting", state.books.unsent > 0);
}

function drawCloud() {
  $("counted").textContent = t().counted(state.books);
  const top = state.cloud.length ? `${state.cloud[0].stream}${state.cloud[0].seq}${state.books.cloud}` : "";
  if (top === cloudTop) return;
  $("cloud").replaceChildren(...state.cloud.map((row, place) => {
    const line = make("tr", place === 0 && cloudTop !== null ? "fresh" : "");
    const kind = make("td", "kind", row.type);
    kind.prepend(make("span", "stream", `${row.stream} `));
    line.append(make("td", "", row.n ?? "?"), kind, make("td", "", row.receipt), make("td", "", row.amount));
    return line;
  }));
  cloudTop = top;
}

// --- hands ---

$("free").onsubmit = (event) => {
  event.preventDefault();
  if ($("code").value) post("scan", { code: $("code").value });
  $("code").select();
};
$("wall").onsubmit = (event) => {
  event.preventDefault();
  const amount = Math.round(Number($("wall-amount").value) * 100);
  if (!(amount > 0)) { warn(t().wallWrong); return; }
  post("wall", { amount });
  $("wall-amount").value = "";
};
$("goods").onscroll = fadeGoods;
window.addEventListener("resize", fadeGoods);
$("another-van").onclick = () => post("van", {});
$("shut").onclick = () => post("switch", { name: "drawer", on: false });
$("large").onclick = () => $("large").close();
$("language").onclick = () => { language = language === "en" ? "zh-CN" : "en"; localStorage.setItem("language", language); drawAll(); };
$("speak").onclick = () => { ear = ear ? deafen(ear) : listen(); drawTexts(); };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || $("large").open) return;
  if (event.target.matches("input, summary, a") || (event.key === "Enter" && event.target.matches("button"))) return;
  const key = event.key === "Escape" ? "Cancel" : event.key;
  if (PAD.some(([known]) => known === key)) { event.preventDefault(); post("key", { key }); }
});

function drawAll() {
  drawTexts();
  drawShelf();
  drawStationTexts();
  drawDesk();
  drawPhones();
  drawPad();
  drawLoads();
  cloudTop = null;
  draw();
}

function take(text) {
  state = JSON.parse(text);
  draw();
}

async function start() {
  shelf = await (await fetch("shelf")).json();
  $("own-page").href = shelf.terminal_page;
  drawAll();
  if (asked.has("still")) { take(await (await fetch("state")).text()); return; }
  const events = new EventSource("events");
  events.onmessage = (event) => { $("banner").hidden = true; take(event.data); };
  events.onerror = () => { $("banner").textContent = t().gone; $("banner").hidden = false; clearTimeout(warn.timer); };
}

start();
