#include "control/http/web_page.hpp"

namespace signalbox::control {
namespace {

constexpr std::string_view kHead = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Signalbox</title>
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --good: #1a8f4c; --bad: #c4372b; --mark: #2d6cdf; }
body { font: 14px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 80rem; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; align-items: baseline; }
h1 { font-size: 1.3rem; margin: 0; }
h2 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
.state { font-weight: 600; } .good { color: var(--good); } .bad { color: var(--bad); }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: .8rem 0; }
.tile { border: 1px solid var(--line); border-radius: 6px; padding: .4rem .8rem; min-width: 7.5rem; }
.tile b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.tile span { opacity: .75; font-size: .85rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
tr.pick { cursor: pointer; } tr.pick:hover { background: var(--soft); }
form { display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; margin: .3rem 0; }
input, select, button { font: inherit; padding: .15rem .4rem; }
input[type=search] { min-width: 14rem; }
code { font-size: .92em; }
.note { opacity: .75; } .tag { border: 1px solid var(--line); border-radius: 4px; padding: 0 .3rem; margin-right: .2rem; white-space: nowrap; }
svg { display: block; } polyline { fill: none; stroke: var(--mark); stroke-width: 1.5; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: .6rem; } footer a { margin-right: .8rem; }
</style>
</head>
<body>
<header><h1>Signalbox</h1><span id="host"></span><span id="state" class="state" role="status">connecting ...</span><span id="detail" class="note">
</span></header>
<div class="tiles" id="tiles"></div>
<section><h2>Rates</h2><div class="wide"><table><thead><tr><th>counter</th><th class="n">total</th><th class="n">per second</th>
<th>last two minutes</th></tr></thead><tbody id="rates"></tbody></table></div></section>
<section><h2>Sessions</h2>
<form id="session-form"><input type="search" name="search" placeholder="name (regular expression)" aria-label="search sessions">
<button>Search</button><button type="button" class="next" hidden>Next page</button></form>
<div class="wide"><table><thead><tr><th>agent</th><th>state</th><th>address</th><th class="n">instances</th><th class="n">paths</th>
<th class="n">items in</th><th class="n">items out</th><th class="n">behind</th><th>since</th></tr></thead><tbody id="sessions"></tbody></table></div>
</section>
<section><h2>Tables</h2>
<form id="table-form"><input type="search" name="search" placeholder="name (regular expression)" aria-label="search tables"><button>Search</button>
<button type="button" class="next" hidden>Next page</button></form>
<div class="wide"><table><thead><tr><th>table</th><th class="n">prefixes</th><th class="n">primary</th><th class="n">secondary</th>
<th class="n">infeasible</th><th class="n">pending</th></tr></thead><tbody id="tables"></tbody></table></div></section>
<section><h2>Routes</h2>
<form id="route-form"><input type="search" name="table" placeholder="table" aria-label="table">
<input type="search" name="prefix" placeholder="prefix" aria-label="prefix">
<select name="match" aria-label="match"><option value="pattern">matches</option><option value="exact">exactly</option>
<option value="longer">and inside it</option><option value="shorter">and around it</option></select>
<button>Show</button><button type="button" class="next" hidden>Next page</button></form>
<div class="wide"><table><thead><tr><th>prefix</th><th>next hop</th><th class="n">label</th><th>source</th><th class="n">local pref</th>
<th>communities</th></tr></thead><tbody id="routes"></tbody></table></div></section>
<section id="why" hidden><h2>Why: <code id="why-title"></code></h2><div id="why-body"></div></section>
<footer><p>JSON: <a href="/api/v1/status">status</a><a href="/api/v1/sessions">sessions</a><a href="/api/v1/instances">instances</a>
<a href="/api/v1/tables">tables</a><a href="/api/v1/routes">routes</a><a href="/api/v1/problems">config problems</a>
Health: <a href="/metrics">metrics</a><a href="/healthz">healthz</a><a href="/readyz">readyz</a></p>
<p>Introspect modules: )html";

constexpr std::string_view kTail = R"html(</p></footer>
<script>
'use strict';
const byId = id => document.getElementById(id);
const number = n => n.toLocaleString('en', {maximumFractionDigits: Math.abs(n) < 100 ? 2 : 0});

function element(name, attributes, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) key === 'onclick' ? e.addEventListener('click', value) : e.setAttribute(key, value);
  e.append(...children.filter(c => c !== null && c !== undefined).map(c => c instanceof Node ? c : String(c)));
  return e;
}

async function api(name, parameters) {
  const given = Object.entries(parameters || {}).filter(([, value]) => value);
  const response = await fetch('/api/v1/' + name + '?' + new URLSearchParams(given), {cache: 'no-store'});
  const body = await response.json();
  if (!response.ok) throw new Error(body.error || response.statusText);
  return body;
}

function row(cells, attributes) {
  return element('tr', attributes, ...cells.map(c => typeof c === 'number' ? element('td', {class: 'n'}, number(c)) : element('td', {}, c)));
}

function fill(id, rows, columns, empty) {
  byId(id).replaceChildren(...(rows.length ? rows : [element('tr', {}, element('td', {colspan: columns, class: 'note'}, empty))]));
}

// A list with a search form and pages: `ask` gives parameters, `show` gets the answer.
function pagedList(formId, name, ask, show) {
  const form = byId(formId), next = form.querySelector('.next');
  let cursor = null, follows = null;
  async function load() {
    try {
      const answer = await api(name, Object.assign({limit: 50, cursor}, ask(form)));
      follows = answer.next;
      next.hidden = !follows && !cursor;
      next.textContent = follows ? 'Next page' : 'First page';
      show(answer);
    } catch (e) { show(null, e.message); }
  }
  form.addEventListener('submit', event => { event.preventDefault(); cursor = null; load(); });
  next.addEventListener('click', () => { cursor = follows; load(); });
  return load;
}

const sessions = pagedList('session-form', 'sessions', form => ({search: form.elements.search.value}), (answer, error) => {
  fill('sessions', (answer ? answer.sessions : []).map(s => row([s.name, s.state, s.remote + (s.tls ? ' (TLS)' : ''), s.instances, s.paths,
    s.items_received, s.items_sent, s.bytes_behind, s.since ? new Date(s.since).toLocaleString() : ''])), 9, error || 'no session');
});

const routeQuery = form => ({table: form.elements.table.value, prefix: form.elements.prefix.value, match: form.elements.match.value});
const routes = pagedList('route-form', 'routes', routeQuery, (answer, error) => {
  const rows = [];
  for (const route of answer ? answer.routes : []) {
    route.paths.forEach((path, i) => rows.push(row([i ? '' : element('code', {}, route.prefix), path.next_hop, path.label,
      path.protocol + (path.source ? ' from ' + path.source : '') + (path.flags.length ? ' [' + path.flags.join(' ') + ']' : ''), path.local_preference,
      path.communities.join(' ')], {class: 'pick', title: 'why?', onclick: () => why(route.table, route.prefix)})));
  }
  fill('routes', rows, 6, error || 'no route');
});

const tables = pagedList('table-form', 'tables', form => ({search: form.elements.search.value}), (answer, error) => {
  fill('tables', (answer ? answer.tables : []).map(t => row([t.name + (t.deleted ? ' (being deleted)' : ''), t.prefixes, t.primary_paths,
    t.secondary_paths, t.infeasible_paths, t.pending_updates], {class: 'pick', title: 'show routes', onclick: () => {
      byId('route-form').elements.table.value = t.name;
      byId('route-form').requestSubmit();
      byId('route-form').scrollIntoView({behavior: 'smooth'});
    }})), 6, error || 'no table');
});

async function why(table, prefix) {
  byId('why').hidden = false;
  byId('why-title').textContent = prefix + ' in ' + table;
  const body = byId('why-body');
  try {
    const answer = await api('why', {table, prefix});
    const paths = element('table', {}, element('thead', {}, row(['path', 'verdict', 'reason'])), element('tbody', {}, ...answer.paths.map(p => row([
      p.protocol + (p.source ? ' from ' + p.source : '') + ', next hop ' + p.next_hop + ', label ' + p.label, p.verdict, p.reason]))));
    const copies = answer.copies.map(c => element('li', {}, c.table, c.by_targets.length ? ' by ' + c.by_targets.join(' ') : ''));
    const exports = answer.exports.map(g => element('li', {}, g.group + ': ' + (g.exported
      ? g.peer_count + ' peers' + (g.peers.length ? ': ' + g.peers.map(p => p.name + (p.pending ? ' (pending)' : '')).join(', ') : '')
      : 'withheld, ' + g.withheld)));
    body.replaceChildren(paths, element('p', {}, copies.length ? 'Copied to:' : 'Not copied to other tables.'), element('ul', {}, ...copies),
      element('p', {}, exports.length ? 'Exported to:' : 'Exported to nobody.'), element('ul', {}, ...exports));
  } catch (e) { body.replaceChildren(element('p', {class: 'bad'}, e.message)); }
  byId('why').scrollIntoView({behavior: 'smooth'});
}

function showStatus(s) {
  byId('host').textContent = s.host + ', version ' + s.version;
  const state = byId('state');
  state.textContent = s.ready ? 'serving agents' : 'not ready: ' + s.missing.map(m => m.detail || m.what).join('; ');
  state.className = 'state ' + (s.ready ? 'good' : 'bad');
  byId('detail').textContent = (s.functional ? '' : s.description) + (s.config_problems ? ' ' + s.config_problems + ' config objects kept out' : '');
  const tile = (value, name) => element('div', {class: 'tile'}, element('b', {}, value), element('span', {}, name));
  byId('tiles').replaceChildren(tile(number(s.neighbors.xmpp_up), 'agents up'), tile(number(s.neighbors.xmpp_down), 'agents down'),
    tile(number(s.neighbors.bgp_up), 'BGP peers up'), tile(number(s.neighbors.bgp_down), 'BGP peers down'),
    tile(number(s.xmpp.most_connections), 'most agents at once'), tile(number(s.shards.length), 'shards'));
}

const history = new Map();
let lastTime = 0;
function showRates(answer) {
  const rows = [];
  for (const family of answer.counters.filter(f => f.type === 'counter')) {
    const total = family.samples.reduce((sum, s) => sum + s.value, 0);
    const h = history.get(family.name) || {total, rates: []};
    const rate = answer.time > lastTime && lastTime ? Math.max(0, (total - h.total) / (answer.time - lastTime)) : 0;
    h.total = total;
    h.rates = h.rates.concat(rate).slice(-60);
    history.set(family.name, h);
    if (total > 0) rows.push(element('tr', {title: family.help}, element('td', {}, family.name), element('td', {class: 'n'}, number(total)),
      element('td', {class: 'n'}, number(rate)), element('td', {}, spark(h.rates))));
  }
  lastTime = answer.time;
  fill('rates', rows, 4, 'nothing counted yet');
}

function spark(values) {
  const ns = 'http://www.w3.org/2000/svg', svg = document.createElementNS(ns, 'svg'), line = document.createElementNS(ns, 'polyline');
  const top = Math.max(...values, 1);
  svg.setAttribute('width', 180); svg.setAttribute('height', 18); svg.setAttribute('viewBox', '0 0 180 18'); svg.setAttribute('aria-hidden', 'true');
  line.setAttribute('points', values.map((v, i) => (i * 3) + ',' + (17 - 16 * v / top).toFixed(1)).join(' '));
  svg.append(line);
  return svg;
}

async function tick() {
  if (!document.hidden) {
    try {
      showStatus(await api('status'));
      showRates(await api('counters'));
      await sessions();
      await tables();
    } catch (e) {
      byId('state').textContent = 'no connection: ' + e.message;
      byId('state').className = 'state bad';
    }
  }
  setTimeout(tick, 2000);
}
tick();
routes();
</script>
</body>
</html>
)html";

}  // namespace

std::string web_page(const std::vector<std::string>& modules) {
  std::string page(kHead);
  for (const std::string& module : modules) page.append("<a href=\"").append(module).append(".xml\">").append(module).append(".xml</a>");
  page += kTail;
  return page;
}

}  // namespace signalbox::control
