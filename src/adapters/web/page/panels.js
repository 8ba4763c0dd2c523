// The facts around the picture.
import { el, svg, HEALTH, healthOf, rankOf, spoken, millis, percent, share, bytes, ago, put } from "./format.js";

const $ = (id) => document.getElementById(id);
const ROWS_AT_FIRST = 30;

export const conditionOf = (peering, type) => (peering.status.conditions || []).find((c) => c.type === type);

/** The state of an object in one word that is also a class. */
export function stateOf(ready, deleting, plan, suspend) {
  if (deleting) return ["deleting", "Deleting"];
  if (plan && ready !== "True") return ["unknown", "Planned"];
  if (ready === "True") return ["up", suspend ? "Ready, suspended" : "Ready"];
  return ready === "False" ? ["down", "Not ready"] : ["unknown", "Unknown"];
}

export function showHero(peering) {
  const ready = conditionOf(peering, "Ready") || {};
  const [state, words] = stateOf(ready.status, peering.deleting, peering.spec.plan, peering.spec.suspend);
  $("namespace").textContent = peering.namespace;
  $("name").textContent = peering.name;
  const [pill, why] = $("verdict").children;
  pill.className = `pill ${state}`;
  pill.textContent = words;
  why.textContent = state === "up" ? "" : ready.message || "The controller has not looked at it yet.";
  put($("figures"), ...figures(peering));
}

function figures({ status, spec }) {
  const edges = status.edges || [], up = edges.filter((e) => healthOf(e) === "Up").length;
  const servers = (status.sites || []).map((s) => s.servers || {});
  const total = servers.reduce((n, s) => n + (s.total || 0), 0), routed = servers.reduce((n, s) => n + (s.routed || 0), 0);
  const day = Date.now() - 86400e3;
  const drift = (status.drift || []).filter((d) => Date.parse(d.detectedAt) > day).length;
  const open = (status.drift || []).filter((d) => !d.repairedAt).length + (status.moreDrift || 0);
  const rtts = edges.map((e) => e.rttMillis).filter((x) => x !== undefined).sort((a, b) => a - b);
  const cost = status.monthlyCostUSD;
  return [
    figure("Edges up", `${up}`, `of ${edges.length}`, up < edges.length && "bad"),
    figure("Servers routed", `${routed}`, `of ${total}`, routed < total && "bad"),
    rtts.length > 0 && figure(rtts.length > 1 ? "Median round trip" : "Round trip", millis(rtts[rtts.length >> 1])),
    figure("Drift in 24 h", drift >= 20 ? "20 +" : `${drift}`, open ? `${open} open` : drift ? "all repaired" : "", open && "bad"),
    cost !== undefined && figure("Cost", `$${cost % 1 ? cost.toFixed(2) : cost}`, "a month"),
    figure("Shape", { FullMesh: "Full mesh", HubAndSpoke: "Hub", Custom: "Custom" }[spec.topology], `${spec.sites.length} sites`),
  ];
}
function figure(name, value, more = "", mood = "") {
  return el("div", { class: mood || null }, el("dt", { text: name }), el("dd", {}, value, more && el("small", { text: more })));
}

export function showLegend(peering) {
  const present = new Set((peering.status.edges || []).map(healthOf));
  put($("legend"), ...Object.keys(HEALTH).filter((h) => present.has(h)).map((h) => badge(h)));
}
function badge(health) {
  const { glyph, word } = HEALTH[health];
  return el("span", { class: `badge ${health.toLowerCase()}` }, el("i", { "aria-hidden": "true", text: glyph }), el("span", { text: word }));
}

// --- edges --------------------------------------------------------------------------------------------------------

export function showEdges(peering, picked, all, showAll) {
  const edges = (peering.status.edges || []).filter((e) => !picked || e.from === picked || e.to === picked);
  edges.sort((a, b) => rankOf(a) - rankOf(b) || (b.rttMillis || 0) - (a.rttMillis || 0));
  if (edges.length === 0) return put($("edges"), el("p", { class: "note", text: "There is no edge yet." }));
  const rows = all ? edges : edges.slice(0, ROWS_AT_FIRST);
  const strips = edges.some((e) => hoursOf(e));
  const heads = ["Edge", "Health", "Round trip", "Loss", "Handshake", "Carried", ...(strips ? ["24 hours"] : [])];
  const table = el("table", {},
    el("thead", {}, el("tr", {}, ...heads.map((h) => el("th", { scope: "col", text: h })))),
    el("tbody", {}, ...rows.map((e) => edgeRow(e, strips))));
  put($("edges"), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Edges" }, table),
    rows.length < edges.length && el("button", { class: "chip", text: `Show all ${edges.length} edges`, onclick: showAll }));
}

function edgeRow(edge, strips) {
  const health = healthOf(edge);
  const reason = spoken(edge.reason);
  const hop = edge.hop && !reason.toLowerCase().includes(edge.hop.toLowerCase()) ? edge.hop : "";
  const why = health === "Up" ? "" : [reason, hop, edge.at].filter(Boolean).join(" · ");
  return el("tr", { class: health.toLowerCase(), "data-row": `${edge.from}|${edge.to}`, "data-health": health },
    el("th", { scope: "row" }, el("span", { class: "pair" }, el("b", { text: edge.from }), el("i", { "aria-label": "and", text: "↔" }), el("b", { text: edge.to }))),
    el("td", { "data-name": "Health" }, badge(health), why && el("small", { text: why }), health !== "Up" && edge.since && el("small", {}, ago(edge.since, "for ", ""))),
    el("td", { class: "num", "data-name": "Round trip", text: millis(edge.rttMillis) }),
    el("td", { class: "num", "data-name": "Loss", text: percent(edge.lossPercent) }),
    el("td", { "data-name": "Handshake" }, ago(edge.lastHandshake)),
    el("td", { class: "num", "data-name": "Carried", title: "received and sent by the first site's gateway", text: `${bytes(edge.rxBytes)} / ${bytes(edge.txBytes)}` }),
    strips && el("td", { "data-name": "24 hours" }, strip(edge)));
}

const HOUR = 3600e3;

/** The last 24 hours, oldest first: the share of each in which packets crossed, null where nobody looked. Nothing while the controller does not tell. */
function hoursOf({ availability: told }) {
  if (!told || !told.since || !told.until) return null;
  const since = Date.parse(told.since), until = Date.parse(told.until);
  const bad = new Map((told.hours || []).map((h) => [Date.parse(h.hour), h]));
  const last = Math.floor(until / HOUR) * HOUR;
  return Array.from({ length: 24 }, (_, i) => {
    const start = last - (23 - i) * HOUR;
    const { downMillis = 0, unknownMillis = 0 } = bad.get(start) || {};
    const known = Math.min(until, start + HOUR) - Math.max(since, start) - unknownMillis;
    return known > 0 ? Math.max(0, 1 - downMillis / known) : null;
  });
}
function strip(edge) {
  const hours = hoursOf(edge);
  if (!hours) return el("span", { text: "–" });
  const told = edge.availability.percent;
  const words = told === undefined || told === null ? "not seen" : share(told / 100);
  const bars = hours.map((h, i) => svg("rect", { x: i * 6, y: 0, width: 4.5, height: 20, rx: 1.5, class: h === null ? "unknown" : h >= 0.9999 ? "up" : h >= 0.9 ? "degraded" : "down" },
    svg("title", { text: `${23 - i} h ago: ${h === null ? "not seen" : share(h)}` })));
  return el("span", { class: "strip" },
    svg("svg", { viewBox: "0 0 144 20", width: 144, height: 20, role: "img", "aria-label": `${words} of the last 24 hours` }, ...bars), el("b", { text: words }));
}

// --- the rest -----------------------------------------------------------------------------------------------------

const GOOD_WHEN_FALSE = new Set(["HostIdentityChanged", "Fighting"]);

export function showConditions(peering) {
  const conditions = [...(peering.status.conditions || [])].sort((a, b) => (b.type === "Ready") - (a.type === "Ready"));
  put($("conditions"), ...conditions.map((c) => {
    const good = c.status === (GOOD_WHEN_FALSE.has(c.type) ? "False" : "True");
    const health = good ? "Up" : c.status === "Unknown" ? "Unknown" : "Down";
    return el("li", { class: health.toLowerCase() },
      el("i", { class: `dot ${health.toLowerCase()}`, "aria-hidden": "true", text: HEALTH[health].glyph }),
      el("div", {}, el("p", {}, el("b", { text: spoken(c.type) }), el("span", { class: "soft", text: ` ${c.status}` }), el("span", { class: "when" }, ago(c.lastTransitionTime, "since ", ""))),
        el("p", { class: "soft", text: [c.reason === c.type ? "" : spoken(c.reason), c.message].filter(Boolean).join(": ") })));
  }));
}

export function showDrift(peering) {
  const entries = [...(peering.status.drift || [])].reverse();
  if (entries.length === 0) return put($("drift"), el("p", { class: "note", text: "Nothing was found to differ since it has been in place." }));
  put($("drift"), el("ul", { class: "rows" }, ...entries.map((d) => {
    const took = d.repairedAt && Math.max(0, (Date.parse(d.repairedAt) - Date.parse(d.detectedAt)) / 1000);
    return el("li", { class: d.repairedAt ? "" : "down" },
      el("i", { class: `dot ${d.repairedAt ? "up" : "down"}`, "aria-hidden": "true", text: d.repairedAt ? "✓" : "✕" }),
      el("div", {}, el("p", {}, el("b", { text: spoken(d.what) }), " ", el("span", { class: "soft", text: d.where }), el("span", { class: "when" }, ago(d.detectedAt))),
        el("p", { class: "soft" }, d.repairedAt ? el("span", { class: "good", text: `repaired in ${Math.round(took)} s` }) : el("span", { class: "bad", text: "open" }), d.detail && `: ${d.detail}`)));
  })));
  const more = peering.status.moreDrift || 0;
  if (more) $("drift").append(el("p", { class: "note", text: `And ${more} more, open: the controller's log has them.` }));
}

export function showSites(peering) {
  const known = new Map((peering.status.sites || []).map((s) => [s.name, s]));
  const rows = peering.spec.sites.map((site) => {
    const status = known.get(site.name) || {}, gateway = (status.gateways || [])[0] || {}, servers = status.servers || { total: 0, routed: 0 };
    return el("tr", {}, el("th", { scope: "row" }, el("b", { text: site.name })),
      el("td", { "data-name": "Region", text: site.region }),
      el("td", { "data-name": "VPC" }, el("code", { text: site.cidr || status.vpcID || "–" })),
      el("td", { "data-name": "Gateway" }, el("code", { text: gateway.publicIP || "–" })),
      el("td", { "data-name": "In the VPC" }, el("code", { text: gateway.vpcIP || "–" })),
      el("td", { "data-name": "In the tunnel" }, el("code", { text: gateway.tunnelIP || "–" })),
      el("td", { class: `num ${servers.routed < servers.total ? "bad" : ""}`, "data-name": "Servers", text: `${servers.routed} of ${servers.total}` }));
  });
  const heads = ["Site", "Region", "VPC", "Gateway", "In the VPC", "In the tunnel", "Servers routed"];
  put($("sites"), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Sites" }, el("table", {},
    el("thead", {}, el("tr", {}, ...heads.map((h) => el("th", { scope: "col", text: h })))), el("tbody", {}, ...rows))));
}

export function showLists(peering) {
  const sick = peering.status.unhealthyServers || [], plan = peering.status.plan || [];
  $("c-sick").hidden = sick.length === 0;
  $("c-plan").hidden = plan.length === 0;
  put($("sick"), el("ul", { class: "rows" }, ...sick.map((s) => el("li", { class: "down" }, el("i", { class: "dot down", "aria-hidden": "true", text: "✕" }),
    el("div", {}, el("p", {}, el("b", { text: s.name }), " ", el("span", { class: "soft", text: s.site })), el("p", { class: "soft", text: [spoken(s.reason), s.message].filter(Boolean).join(": ") }))))));
  put($("plan"), el("ul", { class: "rows" }, ...plan.map((p) => el("li", {}, el("i", { class: "dot unknown", "aria-hidden": "true", text: "+" }),
    el("div", {}, el("p", {}, el("b", { text: p.action }), " ", el("span", { class: "soft", text: p.lane })), el("p", { class: "soft", text: p.why }))))));
}
