// Words, numbers and elements: what the rest of the page is made of.

/** An element. Attributes by name; "class", "text" and "on…" are known; children are nodes or strings. */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}
/** The same in SVG. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}
function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "text") node.textContent = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const HEALTH = {
  Up: { glyph: "✓", word: "up", rank: 3 },
  Degraded: { glyph: "!", word: "degraded", rank: 1 },
  Down: { glyph: "✕", word: "down", rank: 0 },
  Unknown: { glyph: "?", word: "unknown", rank: 2 },
};
export const healthOf = (edge) => (edge.health in HEALTH ? edge.health : "Unknown");
export const rankOf = (edge) => HEALTH[healthOf(edge)].rank;

/** "RouteMissing" as "Route missing". */
export function spoken(word) {
  const text = String(word || "").replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/([A-Z])([A-Z][a-z])/g, "$1 $2");
  return text.split(" ").map((part, i) => (i === 0 || /^[A-Z0-9]{2,}$/.test(part) ? part : part.toLowerCase())).join(" ");
}

export function millis(value) {
  if (value === undefined || value === null) return "–";
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}
export function percent(value) {
  if (value === undefined || value === null) return "–";
  return `${value === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} %`;
}
export function share(value) {
  return value >= 1 ? "100 %" : `${(Math.floor(value * 10000) / 100).toFixed(2)} %`;
}
export function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let n = Number(value || 0), i = 0;
  while (n >= 1000 && i < units.length - 1) { n /= 1000; ++i; }
  return `${i === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[i]}`;
}
export function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return `${s} s`;
  if (s < 5400) return `${Math.round(s / 60)} min`;
  if (s < 129600) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86400)} days`;
}
/** How long ago; the element follows the clock by tickTimes(). */
export function ago(time, before = "", after = " ago") {
  if (!time) return el("span", { text: "–" });
  return el("time", { datetime: time, title: new Date(time).toLocaleString(), "data-before": before, "data-after": after, text: agoText(time, before, after) });
}
const agoText = (time, before, after) => `${before}${span((Date.now() - Date.parse(time)) / 1000)}${after}`;
export function tickTimes(root) {
  for (const node of root.querySelectorAll("time[data-after]")) {
    const text = agoText(node.dateTime, node.dataset.before, node.dataset.after);
    if (node.textContent !== text) node.textContent = text;
  }
}

/** `text` in `width` pixels: its middle is left out when it is too long. */
const canvas = document.createElement("canvas").getContext("2d");
const widths = new Map();
export function measure(text, font) {
  const key = font + text;
  if (!widths.has(key)) {
    if (widths.size > 5000) widths.clear();
    canvas.font = font;
    widths.set(key, canvas.measureText(text).width);
  }
  return widths.get(key);
}
export function fitted(text, width, font) {
  if (measure(text, font) <= width) return text;
  let keep = text.length - 1;
  const cut = () => text.slice(0, Math.ceil(keep * 0.6)) + "…" + text.slice(text.length - Math.floor(keep * 0.4));
  while (keep > 2 && measure(cut(), font) > width) --keep;
  return cut();
}

/** Replaces the children of `node`, unless they would look the same: focus and selection stay where they are. */
const shown = new WeakMap();
export function put(node, ...children) {
  const fresh = el("div", {}, ...children);
  const text = fresh.innerHTML;
  if (shown.get(node) === text) return;
  shown.set(node, text);
  node.replaceChildren(...fresh.childNodes);
}
