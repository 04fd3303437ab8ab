"use strict";
// SPDX-License-Identifier: GPL-3.0-or-later
// The filter, and everything open in print. Without it the page is whole, too.
const $ = (id) => document.getElementById(id);
const text = (node) => node.textContent.toLowerCase();
const clusters = [...document.querySelectorAll("details.cluster")].map((node) => ({
  node,
  status: node.dataset.status,
  open: node.open,
  head: text(node.querySelector("summary .title")),
  all: text(node),
  rows: [...node.querySelectorAll("tr.finding")].map((row) => ({ row, text: text(row), levels: row.dataset.level.split(" ") })),
}));

function filter() {
  const words = $("words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const level = $("level").value;
  const active = words.length > 0 || level !== "";
  const shown = clusters.filter((cluster) => {
    const fits = !level || cluster.status === level;
    const hits = cluster.rows.filter(
      (one) => (fits || one.levels.includes(level)) && words.every((word) => one.text.includes(word) || cluster.head.includes(word)),
    );
    for (const one of cluster.rows) one.row.hidden = hits.length > 0 && !hits.includes(one);
    const seen = hits.length > 0 || (fits && words.every((word) => cluster.all.includes(word)));
    cluster.node.hidden = !seen;
    return seen;
  });
  for (const cluster of clusters) cluster.node.open = active ? shown.length <= 5 && shown.includes(cluster) : cluster.open;
  $("count").textContent = `${shown.length} of ${clusters.length} clusters`;
  $("nothing").hidden = shown.length > 0;
}

function clear() {
  $("words").value = $("level").value = "";
  filter();
}

$("filter").hidden = false;
$("words").addEventListener("input", filter);
$("level").addEventListener("change", filter);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") clear();
  if (event.key === "/" && !["INPUT", "SELECT"].includes(document.activeElement.tagName)) {
    event.preventDefault();
    $("words").focus();
  }
});
let before = [];
addEventListener("beforeprint", () => {
  before = [...document.querySelectorAll("details:not([open])")];
  for (const node of before) node.open = true;
});
addEventListener("afterprint", () => before.forEach((node) => { node.open = false; }));
filter();
