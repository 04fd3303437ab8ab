"use strict";
// SPDX-License-Identifier: GPL-3.0-or-later
// The filter, what is open, both in the address, and everything open in print. Without it the page is whole, too.
const $ = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
// Most words of the page are ours, and the same everywhere: only what differs from cluster to cluster is searched.
const text = (node) => all("bdi, tr a, tr .chip", node).map((one) => one.textContent).join("\n").toLowerCase();
const clusters = all("details.cluster").map((node) => ({
  node,
  status: node.dataset.status,
  open: node.open,
  head: text(node.querySelector("summary .title")),
  all: text(node),
  rows: all("tr.finding", node).map((row) => ({ row, text: text(row), levels: row.dataset.level.split(" ") })),
}));
const openNow = () => clusters.filter((one) => one.node.open).map((one) => one.node.id);
const atFirst = openNow().join();

// Choices that are about clusters, by their status; the rest is about findings.
const STATUS = { only: "warning", fine: "fine", unreadable: "unreadable" };

function filter() {
  const words = $("words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const level = $("level").value;
  let shown = 0;
  for (const cluster of clusters) {
    const fits = level === "" || cluster.status === STATUS[level];
    const hits = cluster.rows.filter(
      (one) => (fits || one.levels.includes(level)) && words.every((word) => one.text.includes(word) || cluster.head.includes(word)),
    );
    const seen = hits.length > 0 || (fits && words.every((word) => cluster.all.includes(word)));
    for (const one of cluster.rows) one.row.hidden = hits.length > 0 && !hits.includes(one);
    cluster.node.hidden = !seen;
    shown += seen;
  }
  for (const tile of all(".tiles a")) {
    if (tile.hash === `#show=${level}`) tile.setAttribute("aria-current", "true");
    else tile.removeAttribute("aria-current");
  }
  $("count").textContent = `${shown} of ${clusters.length} clusters`;
  $("nothing").hidden = shown > 0;
}

function openFew() {
  const shown = clusters.filter((one) => !one.node.hidden);
  const active = $("words").value.trim() !== "" || $("level").value !== "";
  for (const one of clusters) one.node.open = active ? shown.length <= 5 && shown.includes(one) : one.open;
}

// The address holds what is seen, so that it can be sent to somebody: #show=error&words=chat_a&open=c0a1b2c3d4e
function save() {
  const state = new URLSearchParams();
  if ($("level").value) state.set("show", $("level").value);
  if ($("words").value) state.set("words", $("words").value);
  if (openNow().join() !== atFirst) state.set("open", openNow().length === clusters.length ? "all" : openNow().join());
  try {
    history.replaceState(null, "", state.size ? `#${state}` : location.pathname + location.search);
  } catch {
    // Where a page may not change its address, such as in a sandbox, it works without.
  }
}

// Once for many changes: browsers stop a page that rewrites its address all the time.
let waiting;
function saveSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(save, 50);
}

function reach(target) {
  if (target.closest("[hidden]")) clear();
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  target.scrollIntoView();
  (target.querySelector("summary, a") ?? target).focus({ preventScroll: true });
}

function load() {
  const target = $(location.hash.slice(1)); // our own anchors need no decoding
  if (target) {
    filter();
    return reach(target);
  }
  const state = new URLSearchParams(location.hash.slice(1));
  $("level").value = state.get("show") ?? "";
  if ($("level").selectedIndex < 0) $("level").value = "";
  $("words").value = state.get("words") ?? "";
  filter();
  if (!state.has("open")) return openFew();
  const open = state.get("open").split(",");
  for (const one of clusters) one.node.open = open[0] === "all" || open.includes(one.node.id);
}

function change() {
  filter();
  openFew();
  saveSoon();
}

function clear() {
  $("words").value = $("level").value = "";
  change();
}

$("filter").hidden = false;
$("words").addEventListener("input", change);
$("level").addEventListener("change", change);
$("expand").addEventListener("click", () => { for (const one of clusters) one.node.open = !one.node.hidden; });
$("collapse").addEventListener("click", () => { for (const one of clusters) one.node.open = false; });
for (const one of clusters) one.node.addEventListener("toggle", saveSoon);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (!link || link.className === "skip") return;
  event.preventDefault();
  if (link.hash.startsWith("#show=")) {
    const level = link.hash.slice(6);
    $("level").value = $("level").value === level ? "" : level;
    change();
  } else if ($(link.hash.slice(1))) reach($(link.hash.slice(1)));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") clear();
  if (event.key === "/" && !["INPUT", "SELECT"].includes(document.activeElement.tagName)) {
    event.preventDefault();
    $("words").focus();
  }
});
if ($("copy") && navigator.clipboard) {
  $("copy").hidden = false;
  $("copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText($("command").textContent);
    $("copy").textContent = "Copied";
  });
}
let before = [];
addEventListener("beforeprint", () => {
  before = all("details:not([open])");
  for (const node of before) node.open = true;
});
addEventListener("afterprint", () => before.forEach((node) => { node.open = false; }));
addEventListener("hashchange", load);
load();
