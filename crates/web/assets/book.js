// The table of cases by keyboard: j and k move, Enter opens, / goes to the search box. Facets that
// would push the results away on a narrow screen begin folded.
"use strict";

(() => {
  const box = document.getElementById("q");
  const rows = Array.from(document.querySelectorAll("table.book tbody tr"));
  const links = rows.map((row) => row.querySelector(".number a")).filter(Boolean);

  const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const at = links.indexOf(document.activeElement);
    if (event.key === "/" && box) {
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === "j" && links.length > 0) {
      links[Math.min(at + 1, links.length - 1)].focus();
    } else if (event.key === "k" && at > 0) {
      links[at - 1].focus();
    }
  });

  if (window.matchMedia("(max-width: 60rem)").matches) {
    for (const facet of document.querySelectorAll("details.facet[open]")) {
      if (!facet.querySelector("[aria-current]")) facet.open = false;
    }
  }
})();
