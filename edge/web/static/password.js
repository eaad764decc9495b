// What was typed into the password fields of a form can be looked at. Without this there is no box to tick.
"use strict";

for (const label of document.querySelectorAll("[data-shows]")) {
  const box = label.querySelector("input");
  const form = label.closest("form");
  const fields = form.querySelectorAll("input[type=password]");
  const show = () => { for (const one of fields) one.type = box.checked ? "text" : "password"; };
  box.checked = false; // browsers remember it where a page comes back
  box.addEventListener("change", show);
  // A browser offers to keep only what is a password when it is sent.
  form.addEventListener("submit", () => { box.checked = false; show(); });
  label.hidden = false;
}
