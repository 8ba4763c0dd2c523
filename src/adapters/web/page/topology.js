// The network as a picture: cards for a few sites, a ring for many.
import { svg, HEALTH, healthOf, rankOf, millis, percent, fitted, measure, spoken } from "./format.js";

const SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
const CARD = { w: 248, h: 136 };
const CARDS_AT_MOST = 5;

/** Everything that is drawn of `peering`, in `width` pixels. `pick` is called with the name of a site. */
export function drawNetwork(peering, width, picked, pick) {
  const scene = sceneOf(peering, picked, pick);
  const n = scene.sites.length;
  const cards = n <= 2 || (n <= CARDS_AT_MOST && width >= 760);
  const drawing = cards ? drawCards(scene, width) : drawRing(scene, width);
  drawing.setAttribute("role", "group");
  drawing.setAttribute("aria-label", summaryOf(scene));
  drawing.addEventListener("keydown", (event) => rove(drawing, event));
  return drawing;
}

function sceneOf(peering, picked, pick) {
  const known = new Map((peering.status.sites || []).map((site) => [site.name, site]));
  const sites = peering.spec.sites.map((site) => ({ ...site, status: known.get(site.name), worst: 3 }));
  const byName = new Map(sites.map((site) => [site.name, site]));
  const edges = (peering.status.edges || []).filter((edge) => byName.has(edge.from) && byName.has(edge.to));
  for (const edge of edges) {
    for (const name of [edge.from, edge.to]) byName.get(name).worst = Math.min(byName.get(name).worst, rankOf(edge));
  }
  const sick = new Map();
  for (const server of peering.status.unhealthyServers || []) sick.set(`${server.site}/${server.name}`, server);
  return { sites, byName, edges, sick, hub: peering.spec.hub, picked, pick };
}

function summaryOf({ sites, edges }) {
  const counts = Object.keys(HEALTH).map((health) => [health, edges.filter((edge) => healthOf(edge) === health).length]);
  const parts = counts.filter(([, count]) => count > 0).map(([health, count]) => `${count} ${HEALTH[health].word}`);
  return `${sites.length} sites, ${edges.length} edges${parts.length ? ": " + parts.join(", ") : ""}. Arrow keys move between sites; the table below has every edge.`;
}

/** One stop for the Tab key; the arrow keys move among the sites. */
function rove(drawing, event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const nodes = [...drawing.querySelectorAll(".site")];
  const at = nodes.indexOf(event.target.closest(".site"));
  if (!step || at < 0) return;
  event.preventDefault();
  nodes[at].setAttribute("tabindex", "-1");
  const next = nodes[(at + step + nodes.length) % nodes.length];
  next.setAttribute("tabindex", "0");
  next.focus();
}

function siteGroup(scene, site, i, attributes) {
  const { total = 0, routed = 0 } = (site.status && site.status.servers) || {};
  const mine = scene.edges.filter((edge) => edge.from === site.name || edge.to === site.name);
  const bad = mine.filter((edge) => healthOf(edge) !== "Up").length;
  const group = svg("g", {
    class: `site ${["down", "degraded", "unknown", "up"][site.worst]}${scene.picked === site.name ? " picked" : ""}`,
    tabindex: i === 0 ? "0" : "-1", role: "button", "data-site": site.name, "aria-pressed": String(scene.picked === site.name),
    "aria-label": `${site.name}, ${site.region}: ${bad ? `${bad} of ${mine.length} edges not up` : `${mine.length} edges up`}, ${routed} of ${total} servers routed`,
    onclick: () => scene.pick(site.name),
    onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); scene.pick(site.name); } },
    ...attributes,
  }, svg("title", { text: `${site.name} (${site.region})` }));
  return group;
}

function edgeTitle(edge) {
  const health = HEALTH[healthOf(edge)].word;
  const figures = edge.rttMillis === undefined ? "" : `, ${millis(edge.rttMillis)}, ${percent(edge.lossPercent)} loss`;
  return `${edge.from} – ${edge.to}: ${health}${edge.hop ? ` (${edge.hop})` : ""}${figures}`;
}
const edgeData = (edge) => ({ "data-edge": `${edge.from}|${edge.to}`, "data-health": healthOf(edge) });

// --- cards --------------------------------------------------------------------------------------------------------

function drawCards(scene, width) {
  const narrow = width < 620;
  const w = narrow ? Math.min(width - 8, 340) : Math.min(CARD.w + 40, Math.max(CARD.w, width * 0.26));
  const { at, height } = placeCards(scene, width, w, narrow);
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "net cards" });
  const taken = [...at.values()].map(([x, y]) => box(x, y, w + 12, CARD.h + 12));
  const chips = [];
  for (const edge of [...scene.edges].sort((a, b) => rankOf(b) - rankOf(a))) {
    const line = svg("g", { class: `edge ${healthOf(edge).toLowerCase()}`, ...edgeData(edge) }, svg("title", { text: edgeTitle(edge) }));
    const [from, to] = [at.get(edge.from), at.get(edge.to)];
    const d = `M${from[0]} ${from[1]}L${to[0]} ${to[1]}`;
    line.append(svg("path", { d, class: "band" }), svg("path", { d, class: "wire" }));
    if (healthOf(edge) === "Up" || healthOf(edge) === "Degraded") line.append(svg("path", { d, class: "flow" }));
    drawing.append(line);
    const spots = [0.5, 0.42, 0.58, 0.35, 0.65, 0.3, 0.7].map((t) => [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t]);
    chips.push(chipOn(edge, spots, taken, scene.edges.length > 3));
  }
  scene.sites.forEach((site, i) => drawing.append(cardOf(scene, site, i, at.get(site.name), w)));
  drawing.append(...chips);
  return drawing;
}

/** Where the middle of each card is, and how high the picture becomes. */
function placeCards({ sites, hub }, width, w, narrow) {
  const at = new Map();
  const ring = sites.length >= 4 && hub ? sites.filter((site) => site.name !== hub) : sites;
  if (ring !== sites) at.set(hub, [width / 2, 0]);
  const start = { 2: 180, 4: -135 }[ring.length] ?? -90;
  const rx = Math.min(width / 2 - w / 2 - 10, 470), ry = { 2: 0, 3: 155, 4: 150 }[ring.length] ?? 200;
  ring.forEach((site, i) => {
    const angle = ((start + (360 * i) / ring.length) * Math.PI) / 180;
    const corner = ring.length === 4 ? Math.SQRT2 : 1;  // four stand in the corners
    at.set(site.name, narrow ? [width / 2, i * (CARD.h + 92)] : [width / 2 + rx * Math.cos(angle) * corner, ry * Math.sin(angle) * corner]);
  });
  const ys = [...at.values()].map(([, y]) => y);
  const margin = narrow || ring.length > 2 ? 12 : 44;
  const shift = CARD.h / 2 + margin - Math.min(...ys);
  for (const place of at.values()) place[1] += shift;
  return { at, height: Math.max(...ys) + shift + CARD.h / 2 + margin };
}

const box = (x, y, w, h) => [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** What the edge says of itself, at the first of `spots` that nothing else takes. `brief`: no loss is not worth a word. */
function chipOn(edge, spots, taken, brief) {
  const health = healthOf(edge);
  const words = { Up: millis(edge.rttMillis), Degraded: millis(edge.rttMillis), Down: "down", Unknown: "unknown" }[health];
  const loss = brief && health === "Up" && !edge.lossPercent ? "" : `${percent(edge.lossPercent)} loss`;
  const more = health === "Down" ? edge.hop || spoken(edge.reason) : health === "Unknown" ? "" : loss;
  const bold = `600 13px ${SANS}`, plain = `12px ${SANS}`;
  const shownMore = fitted(more, 170, plain);
  const w = 31 + measure(words, bold) + (shownMore ? measure(shownMore, plain) + 8 : 0) + 12;
  const free = spots.find(([sx, sy]) => !taken.some((other) => overlap(other, box(sx, sy, w + 8, 34))));
  if (!free && spots.length === 1) return null;
  const [x, y] = free || spots[0];
  taken.push(box(x, y, w + 8, 34));
  return svg("g", { class: `tag ${health.toLowerCase()}`, transform: `translate(${x - w / 2} ${y - 15})` },
    svg("title", { text: edgeTitle(edge) }),
    svg("rect", { width: w, height: 30, rx: 15 }),
    svg("circle", { cx: 16, cy: 15, r: 8.5 }),
    svg("text", { x: 16, y: 19, class: "glyph", text: HEALTH[health].glyph }),
    svg("text", { x: 31, y: 19.5, class: "strong", text: words }),
    shownMore && svg("text", { x: 31 + measure(words, bold) + 8, y: 19.5, class: "soft", text: shownMore }));
}

function cardOf(scene, site, i, [x, y], w) {
  const gateway = ((site.status && site.status.gateways) || [])[0] || {};
  const left = 16, right = w - 16;
  const region = measure(site.region.toUpperCase(), `600 11px ${SANS}`) + 16;
  const group = siteGroup(scene, site, i, { transform: `translate(${x - w / 2} ${y - CARD.h / 2})` });
  group.append(
    svg("rect", { class: "paper", width: w, height: CARD.h, rx: 14 }),
    svg("rect", { class: "mark", x: -1.5, y: 22, width: 4, height: CARD.h - 44, rx: 2 }),
    svg("text", { x: left, y: 33, class: "head", text: fitted(site.name, w - 40 - region, `650 16px ${SANS}`) }),
    svg("rect", { class: "region", x: right - region, y: 19, width: region, height: 20, rx: 6 }),
    svg("text", { x: right - region / 2, y: 33, class: "region-text", text: site.region.toUpperCase() }),
    svg("text", { x: left, y: 54, class: "mono soft", text: site.cidr || "adopted VPC" }),
    svg("path", { class: "rule", d: `M${left} 66H${right}` }),
    svg("text", { x: left, y: 86, class: "soft", text: fitted(site.gateway || "gateway", w * 0.42, `12px ${SANS}`) }),
    svg("text", { x: right, y: 86, class: "mono end", text: gateway.publicIP || "not there yet" }));
  group.append(...serverDots(scene, site, left, right));
  return group;
}

function serverDots(scene, site, left, right) {
  const { total = 0, routed = 0 } = (site.status && site.status.servers) || {};
  const room = Math.floor((right - left - 110) / 14);
  const bad = total - routed;
  const dots = [];
  for (let i = 0; i < Math.min(total, room); ++i) {
    const sickOne = i >= Math.min(total, room) - Math.min(bad, room);
    dots.push(svg(sickOne ? "path" : "circle", sickOne
      ? { class: "server sick", d: `M${left + 2 + i * 14} 108l8 8m0 -8l-8 8` }
      : { class: "server", cx: left + 6 + i * 14, cy: 112, r: 4.5 }));
  }
  const words = total === 0 ? "no servers" : `${routed} of ${total} routed`;
  return [...dots, svg("text", { x: right, y: 116, class: `end ${bad > 0 ? "warn" : "soft"}`, text: words })];
}

// --- ring ---------------------------------------------------------------------------------------------------------

/** Labels of a few sites stand upright; those of many point outwards, so that each has its place. */
const UPRIGHT_AT_MOST = 14;

function drawRing(scene, width) {
  const center = scene.hub && scene.byName.get(scene.hub);
  const ring = center ? scene.sites.filter((site) => site !== center) : scene.sites;
  const upright = ring.length <= UPRIGHT_AT_MOST;
  const font = upright ? 13 : width < 620 ? 10 : ring.length > 40 ? 12 : 13;
  const least = Math.max(80, (ring.length * font * 1.08) / (2 * Math.PI));
  const longest = Math.max(...ring.map((site) => measure(site.name, `600 ${font}px ${SANS}`))) + 16;
  const label = Math.min(longest, 190, Math.max(46, width / 2 - least - 16));
  const r = Math.max(least, Math.min(width / 2 - label - 16, upright ? 215 : 300));
  const size = { w: width, h: 2 * (r + (upright ? 24 : label) + 16) };
  const at = new Map(ring.map((site, i) => {
    const angle = -Math.PI / 2 + (2 * Math.PI * (i + 0.5)) / ring.length;
    return [site.name, { angle, x: size.w / 2 + r * Math.cos(angle), y: size.h / 2 + r * Math.sin(angle) }];
  }));
  if (center) at.set(center.name, { x: size.w / 2, y: size.h / 2 });
  const drawing = svg("svg", { viewBox: `0 0 ${size.w} ${size.h}`, width: size.w, height: size.h, class: "net ring" });
  drawing.append(...ringEdges(scene, at, size));
  const lit = svg("path", { class: "lit" });
  drawing.append(lit);
  if (upright && width >= 620 && scene.edges.length <= 12) {
    const taken = [];
    for (const edge of scene.edges) {
      const { x, y } = chord(at.get(edge.from), at.get(edge.to), size);
      const chip = chipOn(edge, [[x, y]], taken, true);
      if (chip) drawing.append(chip);
    }
  }
  scene.sites.forEach((site, i) => drawing.append(ringSite(scene, site, i, at.get(site.name), { label, font, upright, lit, at, size })));
  return drawing;
}

/** A chord that bends to the middle, so that many of them stay apart. */
function chord(a, b, size) {
  const bend = 0.3;
  const mx = size.w / 2 + ((a.x + b.x) / 2 - size.w / 2) * bend, my = size.h / 2 + ((a.y + b.y) / 2 - size.h / 2) * bend;
  return { d: `M${a.x.toFixed(1)} ${a.y.toFixed(1)}Q${mx.toFixed(1)} ${my.toFixed(1)} ${b.x.toFixed(1)} ${b.y.toFixed(1)}`,
    x: (a.x + 2 * mx + b.x) / 4, y: (a.y + 2 * my + b.y) / 4 };
}

function ringEdges(scene, at, size) {
  const calm = { Up: "", Unknown: "" };
  const loud = [];
  for (const edge of [...scene.edges].sort((a, b) => rankOf(b) - rankOf(a))) {
    const health = healthOf(edge);
    const path = chord(at.get(edge.from), at.get(edge.to), size);
    if (health in calm) { calm[health] += path.d; continue; }
    const group = svg("g", { class: `edge ${health.toLowerCase()}`, ...edgeData(edge) }, svg("title", { text: edgeTitle(edge) }), svg("path", { d: path.d, class: "wire" }));
    if (loud.length < 40) {
      group.append(svg("circle", { cx: path.x, cy: path.y, r: 8, class: "spot" }), svg("text", { x: path.x, y: path.y + 4, class: "glyph", text: HEALTH[health].glyph }));
    }
    loud.push(group);
  }
  const thin = scene.edges.length > 300 ? "crowd" : scene.edges.length > 40 ? "many" : "";
  return [svg("path", { d: calm.Unknown, class: `calm unknown ${thin}` }), svg("path", { d: calm.Up, class: `calm up ${thin}` }), ...loud];
}

function ringSite(scene, site, i, place, { label, font, upright, lit, at, size }) {
  const light = (on) => () => {
    const mine = on ? scene.edges.filter((edge) => edge.from === site.name || edge.to === site.name) : [];
    lit.setAttribute("d", mine.map((edge) => chord(at.get(edge.from), at.get(edge.to), size).d).join(""));
  };
  const group = siteGroup(scene, site, i, { transform: `translate(${place.x.toFixed(1)} ${place.y.toFixed(1)})`,
    onpointerenter: light(true), onpointerleave: light(false), onfocus: light(true), onblur: light(false) });
  const { total = 0, routed = 0 } = (site.status && site.status.servers) || {};
  const central = place.angle === undefined;
  group.append(svg("circle", { class: "paper", r: central ? 12 : upright ? 8 : font > 10 ? 5.5 : 4 }));
  const name = fitted(site.name, label - (routed < total ? 16 : 0), `600 ${font}px ${SANS}`) + (routed < total ? " ✕" : "");
  group.append(svg("text", { "font-size": font, text: name, ...labelPlace(place, font, upright) }));
  return group;
}

function labelPlace(place, font, upright) {
  if (place.angle === undefined) return { y: 30, class: "center" };
  const across = Math.cos(place.angle), left = across < 0;
  if (!upright) {
    const degrees = (place.angle * 180) / Math.PI + (left ? 180 : 0);
    return { transform: `rotate(${degrees.toFixed(2)})`, x: left ? -11 : 11, y: font * 0.35, class: left ? "end" : "" };
  }
  if (Math.abs(across) < 0.25) return { y: Math.sin(place.angle) < 0 ? -16 : 26, class: "center" };
  return { x: left ? -15 : 15, y: font * 0.35, class: left ? "end" : "" };
}
