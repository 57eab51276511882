// The keyboard, and the link between a note and its words. Everything works without this file.
"use strict";

const steps = [...document.querySelectorAll("[data-step]")];
const target = (step) => step.querySelector("[data-step-target]");

function current() {
  return steps.findIndex((step) => step.contains(document.activeElement));
}

function move(by) {
  if (steps.length === 0) return;
  const at = current();
  const to = at < 0 ? (by > 0 ? 0 : steps.length - 1) : Math.min(Math.max(at + by, 0), steps.length - 1);
  const link = target(steps[to]);
  if (!link) return;
  link.focus({ preventScroll: true });
  steps[to].scrollIntoView({ block: "nearest" });
}

function searchBox() {
  const box = document.getElementById("q");
  if (!box) {
    location.assign("/");
    return;
  }
  box.focus();
  box.select();
}

function back() {
  const link = document.querySelector("[data-back]");
  if (link) link.click();
}

const ACTIONS = {
  "/": searchBox,
  j: () => move(1),
  k: () => move(-1),
  u: back,
  "?": () => document.getElementById("keys").togglePopover?.(),
};

function isTyping(element) {
  return element.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

// -- evidence: pointing at the words lights up their note, and the other way round ---------------------------------------

function light(element) {
  for (const lit of document.querySelectorAll(".on[data-notes], .note.on")) lit.classList.remove("on");
  const note = element?.closest(".note");
  const names = note ? [note.id] : (element?.closest("[data-notes]")?.dataset.notes ?? "").trim().split(/\s+/);
  for (const name of names.filter(Boolean)) {
    document.getElementById(name)?.classList.add("on");
    for (const words of document.querySelectorAll(`[data-notes~="${CSS.escape(name)}"]`)) words.classList.add("on");
  }
}

if (document.querySelector(".note")) {
  document.addEventListener("mouseover", (event) => light(event.target));
  document.addEventListener("focusin", (event) => light(event.target));
}
