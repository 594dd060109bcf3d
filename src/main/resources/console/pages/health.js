// The health of concurrency at a glance: what is well is quiet, what is not stands out.
import {badge, empty, html, loading, meter, nothing, problem, table, tile} from '../ui.js';
import {breakers, followStatus, fullness} from '../health.js';
import {duration, number, span, words} from '../format.js';

export function page({draw, signal}) {
  let status = null;
  let error = null;

  followStatus((now) => {
    status = now.status ?? status;
    error = now.error ?? null;
    draw();
  }, signal);

  function view() {
    return html`<div class="page-head"><h1>Health</h1>${status ? html`${badge(status.ready ? 'ready' : 'not_ready')}
        <span class="page-head-id quiet">${status.replica} · ${status.version} · up ${span(status.uptime_seconds)}</span>` : nothing}</div>
      ${error ? error.status === 404 && !status ? empty('The status is not available', 'This server does not offer GET /v1/status. Its metrics are on the management port.')
        : problem({title: status ? 'What you see is old: the status cannot be read' : 'The status cannot be read', message: error.message, status: error.status, code: error.code, requestId: error.requestId}) : nothing}
      ${status ? figures() : error ? nothing : loading()}`;
  }

  function figures() {
    const {scopes, pools, admission, carriers} = status;
    const sum = (name) => scopes.reduce((total, one) => total + (one[name] ?? 0), 0);
    const full = pools.filter((one) => one.capacity && one.depth / one.capacity >= 0.8);
    return html`<section class=${'tiles' + (error ? ' dim' : '')} aria-label="At a glance">
        ${tile({label: 'Live scopes', value: number(sum('live')), note: number(sum('opened')) + ' opened'})}
        ${tile({label: 'Deadlines missed', value: number(sum('deadline_missed')), note: 'since the start', kind: sum('deadline_missed') ? 'wait' : ''})}
        ${tile({label: 'Orphans', value: number(sum('orphans')), note: 'must be 0', kind: sum('orphans') ? 'bad' : 'good'})}
        ${tile({label: 'Deadlocks', value: number(status.deadlocks), note: 'must be 0', kind: status.deadlocks ? 'bad' : 'good'})}
        ${tile({label: 'Full queues', value: number(full.length), note: full.length ? full.map((one) => one.name).join(', ') : 'none is over 80 %', kind: full.length ? 'bad' : 'good'})}
        ${carriers ? tile({label: 'Carrier queue', value: number(carriers.queued), note: `${number(carriers.mounted)} of ${number(carriers.parallelism)} carriers busy`, kind: carriers.queued > carriers.parallelism ? 'wait' : ''}) : nothing}
      </section>
      <section class="card"><h2>Circuit breakers</h2>${breakers(status.breakers)}</section>
      <div class="columns two uneven">
        <section class="card flush"><div class="card-head"><h2>Pools</h2><span class="quiet">the mark is at 80 %</span></div>${table({
          caption: 'Worker pools', rows: pools, row: (one) => ({testid: 'pool', name: one.name}), columns: [
            {head: 'Pool', wide: true, cell: (one) => one.name},
            {head: 'Queue', cell: fullness},
            {head: 'Workers', cell: (one) => meter(one.workers ? one.busy / one.workers : 0, number(one.busy) + ' of ' + number(one.workers), {calm: true})},
            {head: 'Queued, 99 %', number: true, cell: (one) => duration(one.queued_p99_ms)},
          ]})}</section>
        <div class="main-column">
          <section class="card"><h2>Admission</h2>${meter(admission.limit ? admission.under_way / admission.limit : 0, `${number(admission.under_way)} of ${number(admission.limit)} requests under way`)}
            <p class=${admission.refused ? 'wait-text' : 'quiet'}>${number(admission.refused)} refused since the start</p></section>
          ${carriers ? html`<section class="card" data-testid="carriers"><h2>Carrier threads</h2>${meter(carriers.mounted / Math.max(1, carriers.parallelism), `${number(carriers.mounted)} of ${number(carriers.parallelism)} run a virtual thread`, {calm: true})}
            <p class="quiet">${number(carriers.queued)} virtual threads wait for one · ${number(carriers.threads)} carriers live</p></section>` : nothing}
          <section class="card flush"><div class="card-head"><h2>Scopes</h2></div>${table({
            caption: 'Scopes', rows: scopes, columns: [
              {head: 'Scope', wide: true, cell: (one) => words(one.name)},
              {head: 'Live', number: true, cell: (one) => number(one.live)},
              {head: 'Opened', number: true, cell: (one) => number(one.opened)},
              {head: 'Canceled', number: true, cell: (one) => number(one.canceled)},
              {head: 'Missed', number: true, cell: (one) => (one.deadline_missed ? html`<strong class="wait-text">${number(one.deadline_missed)}</strong>` : '0')},
              {head: 'Orphans', number: true, cell: (one) => (one.orphans ? html`<strong class="bad-text">${number(one.orphans)}</strong>` : '0')},
            ]})}</section></div></div>`;
  }

  return {view};
}
