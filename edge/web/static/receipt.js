// The picture follows what is typed, half a second after the last letter. Without this there is the button.
"use strict";

const form = document.getElementById("receipt");
const picture = document.getElementById("preview");
let waits = 0;
let isDrawn = true;
let isOld = false;

// One at a time: the box draws no picture that nobody waits for any longer.
function draw() {
  isOld = !isDrawn;
  if (!isDrawn) return;
  isDrawn = false;
  picture.src = "/receipt.png?" + new URLSearchParams(new FormData(form));
}

for (const end of ["load", "error"]) {
  picture.addEventListener(end, () => {
    isDrawn = true;
    if (isOld) draw();
  });
}
form.addEventListener("input", () => {
  clearTimeout(waits);
  waits = setTimeout(draw, 500);
});
