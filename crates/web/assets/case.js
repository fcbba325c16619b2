// Facts and words: choosing a fact lights up its words without loading the page anew, choosing
// words lights up the facts that they carry. Without this script the links do the same by way of
// the server.
"use strict";

(() => {
  const heard = document.getElementById("heard");
  const quiet = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const show = (element) => {
    if (!element) return;
    const behavior = quiet ? "auto" : "smooth";
    const pane = element.closest(".texts");
    if (!pane || pane.scrollHeight <= pane.clientHeight) {
      element.scrollIntoView({ block: "center", behavior });
      return;
    }
    // The text has a pane of its own: the page, and with it the fact just chosen, stays where it is.
    pane.scrollTop += element.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
    element.scrollIntoView({ block: "nearest", behavior });
  };
  const clear = () => {
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
    for (const on of document.querySelectorAll(".fact.on")) on.classList.remove("on");
  };

  // "10-25" is of the first report, "10-25-2" of the second.
  const parse = (cite) => {
    const [from, to, report] = cite.split("-").map(Number);
    return { from, to, report: report || 1 };
  };

  const light = (cite) => {
    const { from, to, report } = parse(cite);
    const text = document.querySelector(`.text[data-report="${report}"]`);
    if (!text) return null;
    const lit = Array.from(text.querySelectorAll(".words")).filter(
      (words) => Number(words.dataset.from) >= from && Number(words.dataset.to) <= to,
    );
    for (const words of lit) words.classList.add("lit");
    return lit;
  };

  const choose = (fact, move) => {
    clear();
    fact.classList.add("on");
    const lit = light(fact.dataset.cite) || [];
    if (move) show(lit[0]);
    if (heard) heard.textContent = lit.map((words) => words.textContent).join("");
  };

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const target = event.target instanceof Element ? event.target : null;
    const fact = target && target.closest("a.fact[data-cite]");
    if (fact) {
      event.preventDefault();
      history.replaceState(null, "", fact.getAttribute("href"));
      choose(fact, true);
      return;
    }
    const words = target && target.closest(".words[data-facts]");
    if (words) {
      event.preventDefault();
      clear();
      words.classList.add("lit");
      const facts = words.dataset.facts.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
      for (const one of facts) one.classList.add("on");
      show(facts[0]);
      if (facts[0]) facts[0].focus({ preventScroll: true });
      if (heard) heard.textContent = facts.map((one) => one.textContent).join(", ");
    }
  });

  // Similar cases take the server longer than the rest: they are asked for when a person comes near.
  const alike = document.querySelector("#alike a.later");
  if (alike && window.IntersectionObserver) {
    const near = new IntersectionObserver(async (seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      near.disconnect();
      try {
        const answer = await fetch(alike.href);
        if (!answer.ok) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.getElementById("alike");
        if (found) document.getElementById("alike").replaceWith(document.adoptNode(found));
      } catch {
        // The link stays and leads there.
      }
    }, { rootMargin: "300px" });
    near.observe(alike);
  }

  // Coming by a link to a citation: its fact is shown with it.
  const asked = new URLSearchParams(location.search).get("cite");
  if (asked && /^\d+-\d+(-\d+)?$/.test(asked)) {
    const fact = document.querySelector(`a.fact[data-cite="${asked}"]`);
    if (fact) choose(fact, false);
  }
})();
