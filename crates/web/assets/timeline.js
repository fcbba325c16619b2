// The timeline of the book on a canvas. Days are numbers since 1970-01-01. What is drawn is what
// /api/timeline answers for the window: single cases where they are few, counts where they are many,
// so that drawing costs the same for any book. The window is in the address.
"use strict";

(() => {
  const root = document.getElementById("timeline");
  const canvas = document.getElementById("axis");
  if (!root || !canvas || !canvas.getContext) return;
  root.hidden = false;

  const shown = document.getElementById("shown");
  const near = document.getElementById("near");
  const pen = canvas.getContext("2d");
  const lanes = [root.dataset.laneData, root.dataset.laneService, root.dataset.laneIntrusion];
  const AXIS = 30;
  const HEAD = 24;
  const SHORTEST = 2;

  let from = null;
  let to = null;
  let whole = [0, 365];
  let data = null;
  let colours = {};
  let hits = [];
  // Which certainties each lane has been seen to have: only these take room, and none moves later.
  const bands = [[], [], []];

  const readColours = () => {
    const style = getComputedStyle(document.documentElement);
    const named = (name) => style.getPropertyValue(name).trim();
    colours = {
      ink: named("--ink"), faint: named("--faint"), edge: named("--edge"), sunk: named("--sunk"), sheet: named("--sheet"),
      state: [named("--red"), named("--amber"), named("--blue"), named("--green")],
      font: style.getPropertyValue("--sans"),
    };
  };

  // ---------------------------------------------------------------- the window and the address

  const day = (number) => new Date(number * 86400000).toISOString().slice(0, 10);
  const number = (written) => {
    const parsed = Date.parse(`${written}T00:00:00Z`);
    return Number.isNaN(parsed) ? null : Math.round(parsed / 86400000);
  };
  const asked = new URLSearchParams(location.search);
  const askedFrom = number(asked.get("from") || "");
  const askedTo = number(asked.get("to") || "");
  if (askedFrom !== null && askedTo !== null && askedTo > askedFrom) {
    from = askedFrom;
    to = askedTo;
  }

  let remembering = 0;
  const remember = () => {
    clearTimeout(remembering);
    remembering = setTimeout(() => {
      history.replaceState(null, "", `?from=${day(Math.round(from))}&to=${day(Math.round(to))}`);
    }, 250);
  };

  const clamp = () => {
    const room = (whole[1] - whole[0]) * 0.5 + 30;
    const span = Math.min(Math.max(to - from, SHORTEST), whole[1] - whole[0] + 2 * room);
    const middle = Math.min(Math.max((from + to) / 2, whole[0] - room + span / 2), whole[1] + room - span / 2);
    from = middle - span / 2;
    to = middle + span / 2;
  };

  // Fingers and wheels move more often than a screen is drawn.
  let drawing = 0;
  const redraw = () => {
    if (drawing) return;
    drawing = requestAnimationFrame(() => {
      drawing = 0;
      draw();
    });
  };

  const moved = () => {
    clamp();
    redraw();
    remember();
    ask();
  };

  const zoom = (factor, around) => {
    const at = around === undefined ? (from + to) / 2 : around;
    const span = Math.max((to - from) * factor, SHORTEST);
    const share = (at - from) / (to - from);
    from = at - span * share;
    to = from + span;
    moved();
  };

  // The day under `before` comes to lie under `after`, both as shares of the width, while the window
  // becomes `factor` times as long: two fingers move and zoom at once.
  const pinch = (factor, before, after) => {
    const held = from + (to - from) * before;
    const span = Math.max((to - from) * factor, SHORTEST);
    from = held - span * after;
    to = from + span;
    moved();
  };

  const shift = (share) => {
    const by = (to - from) * share;
    from += by;
    to += by;
    moved();
  };

  // --------------------------------------------------------------------------------- the answer

  // One question at a time; what moved meanwhile is asked when it is answered, so that the answers keep
  // up with a hand that does not rest, however slow they are.
  let asking = false;
  let again = false;
  let telling = 0;
  const ask = async () => {
    again = true;
    if (asking) return;
    asking = true;
    while (again) {
      again = false;
      await answered();
    }
    asking = false;
    // While a hand moves, nobody reads the list, and a screen reader would never come to its end.
    clearTimeout(telling);
    if (data) telling = setTimeout(tell, 150);
  };
  const answered = async () => {
    const bins = Math.max(20, Math.min(400, Math.floor(canvas.clientWidth / 5)));
    // A little more than is seen, so that a short drag needs no new answer.
    const query = new URLSearchParams({ bins, room: 25 });
    if (from !== null) {
      query.set("from", Math.floor(from));
      query.set("to", Math.ceil(to));
    }
    try {
      const response = await fetch(`/api/timeline?${query}`, { headers: { accept: "application/json" } });
      if (!response.ok) throw new Error(String(response.status));
      data = await response.json();
    } catch {
      shown.textContent = "×";
      return;
    }
    remark();
    whole = [data.first, data.last];
    if (from === null) {
      from = data.first;
      to = data.last;
    }
    redraw();
  };

  const remark = () => {
    const add = (lane, state) => {
      if (!bands[lane].includes(state)) bands[lane] = [...bands[lane], state].sort();
    };
    (data.bins || []).forEach((pairs, at) => { if (pairs.length > 0) add(Math.floor(at / 4), at % 4); });
    for (const one of data.cases || []) for (const [lane, state] of one[5]) add(lane, state);
  };

  // ---------------------------------------------------------------------------------- the table

  const tell = () => {
    const seen = (data.cases || []).filter((one) => {
      const days = [one[2], one[3], one[4]].filter((x) => x !== null);
      return Math.max(...days) >= from && Math.min(...days) <= to;
    });
    const total = data.cases ? seen.length : data.total;
    shown.textContent = `${day(Math.round(from))} – ${day(Math.round(to))} · ${total.toLocaleString()} ${total === 1 ? root.dataset.case : root.dataset.cases}`;
    near.textContent = "";
    if (!data.cases) return;
    const list = document.createElement("ul");
    for (const one of seen.slice(0, 60)) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `/case/${encodeURIComponent(one[0])}`;
      const on = one[4] === null ? "" : ` ${day(one[4])}`;
      link.textContent = `${one[0]}${on} ${one[1]}`;
      item.append(link);
      list.append(item);
    }
    near.append(list);
  };

  // -------------------------------------------------------------------------------- the drawing

  const draw = () => {
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    hits = [];
    if (from === null) return;
    const x = (at) => ((at - from) / (to - from)) * width;
    const all = bands.reduce((sum, one) => sum + Math.max(one.length, 1), 0);
    const band = (height - AXIS - 3 * HEAD) / all;
    let top = 0;
    drawAxis(x, width, height);
    for (let at = 0; at < 3; at += 1) {
      const lane = HEAD + band * Math.max(bands[at].length, 1);
      pen.strokeStyle = colours.edge;
      pen.beginPath();
      pen.moveTo(0, top + lane);
      pen.lineTo(width, top + lane);
      pen.stroke();
      if (data && data.bins) drawBins(at, top + HEAD, band, x);
      if (data && data.cases) drawCases(at, top + HEAD, band, x, width);
      pen.font = `600 12px ${colours.font}`;
      const label = lanes[at];
      pen.fillStyle = colours.sheet;
      pen.globalAlpha = 0.85;
      pen.fillRect(4, top + 4, pen.measureText(label).width + 10, 20);
      pen.globalAlpha = 1;
      pen.fillStyle = colours.ink;
      pen.textAlign = "left";
      pen.fillText(label, 9, top + 18);
      top += lane;
    }
  };

  const STEPS = [["day", 1], ["day", 7], ["month", 1], ["month", 3], ["month", 6], ["month", 12], ["month", 60], ["month", 120]];
  const marks = (width) => {
    const days = to - from;
    const most = Math.max(2, width / 80);
    const [unit, step] = STEPS.find(([unit, step]) => days / (unit === "day" ? step : step * 30.4) <= most) || ["month", 600];
    const all = [];
    if (unit === "day") {
      for (let at = Math.ceil(from / step) * step; at <= to; at += step) all.push([at, day(at).slice(5)]);
      return all;
    }
    const start = new Date(from * 86400000);
    let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step;
    for (let count = 0; count < 500; count += 1, month += step) {
      const at = Date.UTC(Math.floor(month / 12), month % 12, 1) / 86400000;
      if (at > to) break;
      if (at >= from) all.push([at, step >= 12 ? String(Math.floor(month / 12)) : day(at).slice(0, 7)]);
    }
    return all;
  };

  const drawAxis = (x, width, height) => {
    pen.font = `11px ${colours.font}`;
    pen.textAlign = "center";
    for (const [at, label] of marks(width)) {
      pen.strokeStyle = colours.edge;
      pen.beginPath();
      pen.moveTo(x(at), 0);
      pen.lineTo(x(at), height - AXIS + 5);
      pen.stroke();
      pen.fillStyle = colours.faint;
      pen.fillText(label, Math.min(Math.max(x(at), 24), width - 24), height - 9);
    }
  };

  // Certainty is told by fill and line, not by colour alone.
  const fill = (state, left, top, width, height) => {
    pen.fillStyle = colours.state[state];
    pen.strokeStyle = colours.state[state];
    if (state === 0) {
      pen.fillRect(left, top, width, height);
    } else if (state === 1) {
      pen.globalAlpha = 0.55;
      pen.fillRect(left, top, width, height);
      pen.globalAlpha = 1;
    } else {
      pen.setLineDash(state === 2 ? [3, 2] : []);
      pen.strokeRect(left + 0.5, top + 0.5, Math.max(width - 1, 0.5), Math.max(height - 1, 0.5));
      pen.setLineDash([]);
    }
  };

  // A band for each certainty, so that they are never added up.
  const drawBins = (at, top, band, x) => {
    let most = 1;
    for (const pairs of data.bins) for (let n = 1; n < pairs.length; n += 2) most = Math.max(most, pairs[n]);
    const size = (data.to - data.from) / data.parts;
    bands[at].forEach((state, place) => {
      const pairs = data.bins[at * 4 + state];
      const base = top + band * (place + 1) - 2;
      for (let n = 0; n < pairs.length; n += 2) {
        const left = x(data.from + pairs[n] * size);
        const right = x(data.from + (pairs[n] + 1) * size);
        const height = Math.max(1.5, Math.sqrt(pairs[n + 1] / most) * (band - 5));
        fill(state, left, base - height, Math.max(1, right - left - 1), height);
      }
    });
  };

  const drawCases = (at, top, band, x, width) => {
    const rows = Math.max(1, Math.floor((band - 2) / 10));
    const step = band / rows;
    bands[at].forEach((state, place) => {
      // Rows within the band: a case takes the first row in which it has room.
      const ends = new Array(rows).fill(-Infinity);
      for (const one of data.cases) {
        if (!one[5].some((pair) => pair[0] === at && pair[1] === state)) continue;
        const days = [one[2], one[3], one[4]].filter((value) => value !== null);
        const left = x(Math.min(...days));
        const right = x(Math.max(...days));
        if (right < -20 || left > width + 20) continue;
        let row = ends.findIndex((end) => end < left - 4);
        if (row < 0) row = ends.indexOf(Math.min(...ends));
        ends[row] = Math.max(right, left) + 8;
        drawCase(one, state, x, top + band * place + step * (row + 0.5));
      }
    });
  };

  const drawCase = (one, state, x, y) => {
    const [numberOf, name, occurred, discovered, disclosed] = one;
    const colour = colours.state[state];
    const days = [occurred, discovered, disclosed].filter((value) => value !== null);
    const left = x(Math.min(...days));
    const right = x(Math.max(...days));
    pen.strokeStyle = colour;
    pen.fillStyle = colour;
    pen.lineWidth = 1.5;
    pen.setLineDash(state >= 2 ? [3, 2] : []);
    pen.beginPath();
    pen.moveTo(left, y);
    pen.lineTo(right, y);
    pen.stroke();
    pen.setLineDash([]);
    if (occurred !== null) pen.fillRect(x(occurred) - 1.5, y - 4, 3, 8);
    if (discovered !== null) {
      const at = x(discovered);
      pen.beginPath();
      pen.moveTo(at, y - 4.5);
      pen.lineTo(at + 4.5, y);
      pen.lineTo(at, y + 4.5);
      pen.lineTo(at - 4.5, y);
      pen.closePath();
      pen.fillStyle = colours.sheet;
      pen.fill();
      pen.stroke();
    }
    if (disclosed !== null) {
      pen.beginPath();
      pen.arc(x(disclosed), y, 3.6, 0, Math.PI * 2);
      pen.fillStyle = state >= 2 ? colours.sheet : colour;
      pen.fill();
      pen.stroke();
    }
    pen.lineWidth = 1;
    hits.push({ left: left - 6, right: right + 6, y, number: numberOf, name });
  };

  // ---------------------------------------------------------------- hand, wheel, fingers, keys

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top, day: from + ((event.clientX - box.left) / box.width) * (to - from) };
  };
  const hit = (event) => {
    const point = at(event);
    return hits.find((one) => point.x >= one.left && point.x <= one.right && Math.abs(point.y - one.y) <= 6);
  };

  const fingers = new Map();
  let travelled = 0;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, event.clientX);
    if (fingers.size === 1) travelled = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) {
      const over = hit(event);
      canvas.title = over ? `${over.number} ${over.name}` : "";
      canvas.style.cursor = over ? "pointer" : "";
      return;
    }
    const before = Array.from(fingers.values());
    fingers.set(event.pointerId, event.clientX);
    const after = Array.from(fingers.values());
    const width = canvas.clientWidth;
    if (after.length === 1) {
      const by = ((before[0] - after[0]) / width) * (to - from);
      travelled += Math.abs(before[0] - after[0]);
      from += by;
      to += by;
      moved();
    } else if (after.length === 2) {
      travelled = 100;
      const spread = (pair) => Math.max(20, Math.abs(pair[0] - pair[1]));
      const { left } = canvas.getBoundingClientRect();
      const middle = (pair) => ((pair[0] + pair[1]) / 2 - left) / width;
      pinch(spread(before) / spread(after), middle(before), middle(after));
    }
  });
  const lift = (event) => {
    const single = fingers.size === 1;
    fingers.delete(event.pointerId);
    if (event.type === "pointerup" && single && travelled < 5) {
      const over = hit(event);
      if (over) location.href = `/case/${encodeURIComponent(over.number)}`;
    }
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("dblclick", (event) => zoom(0.5, at(event).day));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) shift(event.deltaX / 1000);
    else zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 400))), at(event).day);
  }, { passive: false });

  const all = () => {
    [from, to] = whole;
    moved();
  };
  canvas.addEventListener("keydown", (event) => {
    const keys = {
      ArrowLeft: () => shift(-0.15), ArrowRight: () => shift(0.15), PageUp: () => shift(-0.9), PageDown: () => shift(0.9),
      "+": () => zoom(0.6), "=": () => zoom(0.6), ";": () => zoom(0.6), "-": () => zoom(1.6), ArrowUp: () => zoom(0.6), ArrowDown: () => zoom(1.6), Home: all,
    };
    if (!keys[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  root.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button[data-do]");
    if (!button) return;
    ({ back: () => shift(-0.4), forward: () => shift(0.4), in: () => zoom(0.5), out: () => zoom(2), all })[button.dataset.do]();
  });

  readColours();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    readColours();
    redraw();
  });
  new ResizeObserver(redraw).observe(canvas);
  ask();
})();
