// What comes from the controller, and when which part of the page follows it.
import { el, HEALTH, healthOf, put, tickTimes } from "./format.js";
import { drawNetwork } from "./topology.js";
import { showHero, showLegend, showEdges, showConditions, showDrift, showSites, showLists, stateOf } from "./panels.js";

const $ = (id) => document.getElementById(id);
const shown = { peering: null, picked: null, all: false, health: new Map(), width: 0 };
let source = null, filter = "", overview = { peerings: [] };

// --- the stream ---------------------------------------------------------------------------------------------------

function connect() {
  if (source) source.close();
  let wanted = "";
  try { wanted = decodeURIComponent(location.hash.slice(1)); } catch { /* no name of ours looks like that */ }
  source = new EventSource("events" + (wanted ? `?peering=${encodeURIComponent(wanted)}` : ""));
  source.onopen = () => link("live", "Live");
  // The browser tries again by itself, but not after an answer that is no stream.
  source.onerror = () => {
    link("lost", "Reconnecting");
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
  };
  source.addEventListener("overview", (event) => { overview = JSON.parse(event.data); showList(); });
  source.addEventListener("peering", (event) => show(JSON.parse(event.data)));
  source.addEventListener("gone", () => show(null));
}
function link(state, words) {
  $("link").dataset.state = state;
  $("link").lastElementChild.textContent = words;
}

// --- the peering --------------------------------------------------------------------------------------------------

function show(peering) {
  const other = !peering || !shown.peering || peering.name !== shown.peering.name || peering.namespace !== shown.peering.namespace;
  if (other) Object.assign(shown, { picked: null, all: false, health: new Map() });
  shown.peering = peering;
  $("main").setAttribute("aria-busy", "false");
  $("view").hidden = !peering;
  $("empty").hidden = !!peering;
  if (!peering) {
    $("empty").textContent = location.hash ? "There is no such peering (any more)." : "There is no peering yet. Declare one, and it appears here.";
    document.title = "VPC peerings";
    return;
  }
  tellChanges(peering);
  showHero(peering);
  draw();
  showLegend(peering);
  edges();
  showConditions(peering);
  showDrift(peering);
  showSites(peering);
  showLists(peering);
  const down = (peering.status.edges || []).filter((e) => healthOf(e) === "Down").length;
  document.title = `${down ? `✕ ${down} down · ` : ""}${peering.name} · VPC peerings`;
  showList();
}

const widthOf = (stage) => Math.floor(stage.clientWidth - 2 * parseFloat(getComputedStyle(stage).paddingLeft));
function draw() {
  const stage = $("stage");
  const width = widthOf(stage);
  if (!shown.peering || width <= 0) return;
  shown.width = width;
  const focused = document.activeElement && document.activeElement.closest && document.activeElement.closest("#stage .site");
  stage.replaceChildren(drawNetwork(shown.peering, width, shown.picked, pick));
  const again = focused && [...stage.querySelectorAll(".site")].find((s) => s.dataset.site === focused.dataset.site);
  if (again) again.focus();
}

/** Shows the edges of one site only; once more, all again. */
function pick(name) {
  shown.picked = shown.picked === name ? null : name;
  draw();
  edges();
}
function edges() {
  $("filter").hidden = !shown.picked;
  $("filter").textContent = shown.picked ? `Only ${shown.picked} ✕` : "";
  $("filter").setAttribute("aria-label", `Show all edges, not only those of ${shown.picked}`);
  showEdges(shown.peering, shown.picked, shown.all, () => { shown.all = true; edges(); });
}

/** For those who hear the page. */
function tellChanges(peering) {
  const now = new Map((peering.status.edges || []).map((e) => [`${e.from} – ${e.to}`, healthOf(e)]));
  const news = [];
  for (const [name, health] of now) {
    if (shown.health.has(name) && shown.health.get(name) !== health) news.push(`${name} is ${HEALTH[health].word}`);
  }
  shown.health = now;
  if (news.length) $("news").textContent = news.slice(0, 5).join(". ") + (news.length > 5 ? `, and ${news.length - 5} more` : "");
}

// --- the list -----------------------------------------------------------------------------------------------------

function showList() {
  const lines = overview.peerings;
  $("version").textContent = overview.version ? `vpc-peering-controller ${overview.version}` : "";
  $("list").hidden = lines.length < 2;
  document.body.classList.toggle("listed", lines.length >= 2);
  if (lines.length < 2) return;
  const state = (p) => stateOf(p.ready, p.deleting)[0];
  const rank = { down: 0, unknown: 1, deleting: 2, up: 3 };
  const found = lines.filter((p) => `${p.namespace}/${p.name}`.includes(filter)).sort((a, b) => rank[state(a)] - rank[state(b)]);
  if (!$("find")) {
    $("list").append(el("label", { class: "find" }, el("span", { class: "unseen", text: "Find a peering" }),
      el("input", { id: "find", type: "search", placeholder: `Find among ${lines.length}`, oninput: (event) => { filter = event.target.value.trim(); showList(); } })), el("ul", { id: "lines" }));
  }
  $("find").parentElement.hidden = lines.length < 8;
  put($("lines"), ...found.slice(0, 200).map((p) => line(p, state(p))));
}
function line(p, state) {
  const key = `${p.namespace}/${p.name}`;
  const current = shown.peering && key === `${shown.peering.namespace}/${shown.peering.name}`;
  const edges = p.up + p.degraded + p.down + p.unknown;
  return el("li", {}, el("a", { href: `#${encodeURIComponent(key)}`, "aria-current": current ? "page" : null },
    el("i", { class: `dot ${state}`, "aria-hidden": "true", text: { up: "✓", down: "✕", unknown: "?", deleting: "–" }[state] }),
    el("span", {}, el("b", { text: p.name }), el("small", { text: `${p.namespace} · ${p.up} of ${edges} edges up` }))));
}

// --- start --------------------------------------------------------------------------------------------------------

$("filter").addEventListener("click", () => pick(shown.picked));
addEventListener("hashchange", connect);
addEventListener("pagehide", () => source && source.close());
addEventListener("pageshow", (event) => event.persisted && connect());
new ResizeObserver(() => { if (widthOf($("stage")) !== shown.width) draw(); }).observe($("stage"));
setInterval(() => tickTimes(document), 1000);
connect();
