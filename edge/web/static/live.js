// What is going on, as it comes: each event brings a part of the page, drawn by the box in the reader's language.
//
//   data-live="KIND"        the newest takes the place of what is there
//   data-live-list="KIND"   the newest goes on top, and the last of data-most goes
//   data-problem="ID"       shown while there is this problem, data-solved="ID" once it is gone
"use strict";

// What somebody is typing would be lost with the page: it stays as it is then.
const unsaved = () => {
  const typed = [...document.querySelectorAll("input, textarea")].some(
    (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
  const chosen = [...document.querySelectorAll("select")].some((select) => {
    const usual = [...select.options].findIndex((option) => option.defaultSelected);
    return select.selectedIndex !== Math.max(usual, 0);
  });
  return typed || chosen;
};
const anew = () => { if (!unsaved()) location.reload(); };
// Who goes on without saving what they chose is told so once.
const warning = document.getElementById("unsaved");
if (warning) {
  document.addEventListener("submit", (event) => {
    if (!event.target.action.endsWith("/setup/step") || !warning.hidden || !unsaved()) return;
    event.preventDefault();
    warning.hidden = false;
    warning.scrollIntoView({ block: "center" });
  });
}
const cut = document.getElementById("cut");
const source = new EventSource("/events?since=" + document.body.dataset.since);
source.onopen = () => { cut.hidden = true; };
source.onerror = () => {
  cut.hidden = false;
  // An answer that is no stream (starting, logged out, too many) ends it for good: the page itself asks anew.
  if (source.readyState === EventSource.CLOSED) setTimeout(anew, 3000);
};
source.addEventListener("over", () => { source.close(); location.assign("/login"); });
source.addEventListener("again", anew);

for (const place of document.querySelectorAll("[data-live]")) {
  source.addEventListener(place.dataset.live, (event) => { place.innerHTML = event.data; });
}
// What a change brings stands all over the page: once it is in force, or taken back, the page is read anew.
const changing = () => document.querySelector("[data-change=open]") !== null;
let changes = changing();
source.addEventListener("change", () => {
  if (changes && !changing()) anew();
  changes = changing();
});
for (const list of document.querySelectorAll("[data-live-list]")) {
  source.addEventListener(list.dataset.liveList, (event) => {
    list.insertAdjacentHTML("afterbegin", event.data);
    while (list.children.length > Number(list.dataset.most)) list.lastElementChild.remove();
  });
}
source.addEventListener("problems", (event) => {
  const open = new Set(event.data.split("\n").map((line) => line.trim()));
  for (const place of document.querySelectorAll("[data-problem]")) place.hidden = !open.has(place.dataset.problem);
  for (const place of document.querySelectorAll("[data-solved]")) place.hidden = open.has(place.dataset.solved);
});
