// One endpoint: its deliveries with their attempts, dead letters, and sending again.
import {badge, copyable, empty, facts, html, loading, nothing, pager, problem, repeat, say, when} from '../ui.js';
import {get, send} from '../api.js';
import {confirm} from '../dialog.js';
import {href} from '../router.js';
import {duration, number, words} from '../format.js';
import {endpointBadge} from './webhooks.js';

const STATES = {pending: 'Waiting', delivered: 'Delivered', dead: 'Dead letters'};

const POLL_MS = 2000;
const SOON_MS = 10000;

/** Whether a delivery is about to be tried. */
const isDue = (delivery) => delivery.state === 'pending' && Date.parse(delivery.next_attempt_at) < Date.now() + SOON_MS;

export function page({route, may, draw, signal}) {
  const id = route.id;
  const path = '/v1/webhook-endpoints/' + encodeURIComponent(id);
  let endpoint = null;
  let deliveries = null;
  let error = null;
  let listError = null;
  let state;
  let cursor;
  let poll;
  let since = new Date(Date.now() - 86400000);

  signal.addEventListener('abort', () => clearTimeout(poll));
  read(route);
  load();

  function read({query}) {
    state = Object.hasOwn(STATES, query.get('state') ?? '') ? query.get('state') : null;
    cursor = query.get('cursor');
  }

  async function load() {
    try {
      endpoint = await get(path, null, signal);
      error = null;
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      error = e;
    }
    draw();
    loadDeliveries();
  }

  async function loadDeliveries() {
    try {
      deliveries = await get(path + '/deliveries', {state, cursor, limit: 20}, signal);
      listError = null;
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      if (e.code === 'invalid_cursor') {
        location.replace(href('webhooks', id, {state}));
        return;
      }
      listError = e;
    }
    draw();
    clearTimeout(poll);
    if (endpoint?.recovery || deliveries?.data.some(isDue)) {
      poll = setTimeout(load, POLL_MS);
    }
  }

  async function ask(question, done) {
    if (await confirm(question)) {
      say(done);
    }
    load();
  }

  const redeliver = (delivery) => ask({
    title: 'Send the event again?',
    text: html`<p>${delivery.event_type ?? 'The event'} goes once more to every enabled endpoint that takes it.</p>`,
    verb: 'Send again',
    run: () => send('POST', '/v1/events/' + delivery.event_id + '/redeliver'),
  }, 'Sent again.');

  const test = () => ask({
    title: 'Send a test event?',
    text: html`<p>A test event of the type webhook.test goes to ${endpoint.url}.</p>`,
    verb: 'Send',
    run: () => send('POST', path + '/test'),
  }, 'Sent.');

  const enable = () => ask({
    title: 'Enable the endpoint?',
    text: html`<p>Events from now on go to ${endpoint.url} again. What it missed is sent by Recover.</p>`,
    verb: 'Enable',
    run: () => send('PATCH', path, {body: {enabled: true}}),
  }, 'Enabled.');

  function recover(event) {
    event.preventDefault();
    const from = new Date(event.target.elements.since.value);
    if (Number.isNaN(from.getTime()) || from > new Date()) {
      event.target.elements.since.focus();
      return;
    }
    since = from;
    ask({
      title: 'Recover the endpoint?',
      text: html`<p>Everything since ${when(from.toISOString())} that it has not taken is sent again.</p>`,
      verb: 'Recover',
      run: () => send('POST', path + '/recover', {body: {since: from.toISOString()}}),
    }, 'Recovery has begun.');
  }

  const local = (at) => new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);

  function view() {
    if (!endpoint) {
      return html`<p class="back"><a href=${href('webhooks')}>Webhooks</a></p>${error ? html`<h1>Webhook endpoint</h1>${problem(error, load)}` : loading()}`;
    }
    return html`<p class="back"><a href=${href('webhooks')}>Webhooks</a></p>
      <div class="page-head"><h1 class="long">${endpoint.url}</h1>${endpointBadge(endpoint)}<span class="page-head-id">${copyable(endpoint.id)}</span></div>
      ${error ? problem(error, load) : nothing}
      ${endpoint.disabled_reason ? html`<div class="failure"><strong>Disabled</strong><span>${words(endpoint.disabled_reason)}</span></div>` : nothing}
      <div class="with-side"><div class="main-column">
        <section class="card">${facts([
          ['Description', endpoint.description], ['Added', when(endpoint.created_at)],
          ['Events', endpoint.events.includes('*') ? 'all' : html`<ul class="plain">${endpoint.events.map((one) => html`<li>${one}</li>`)}</ul>`],
          endpoint.failing_since ? ['Failing since', when(endpoint.failing_since)] : null,
          endpoint.recovery ? ['Recovering', html`${when(endpoint.recovery.since)} to ${when(endpoint.recovery.until)}`] : null,
        ])}</section>
        <nav class="tabs" aria-label="Deliveries by state"><a href=${href('webhooks', id)} aria-current=${state ? nothing : 'true'}>All</a>
          ${Object.entries(STATES).map(([name, label]) => html`<a href=${href('webhooks', id, {state: name})} aria-current=${state === name ? 'true' : nothing}>${label}</a>`)}</nav>
        ${listError ? problem(listError, loadDeliveries) : !deliveries ? loading() : deliveries.data.length === 0
          ? empty('No deliveries', state === 'dead' ? 'Nothing has been given up.' : 'Nothing has been sent yet.')
          : html`<ul class="deliveries">${repeat(deliveries.data, (one) => one.id, delivery)}</ul>
            <div class="below">${pager(deliveries, cursor ? href('webhooks', id, {state}) : null, href('webhooks', id, {state, cursor: deliveries.next_cursor}))}</div>`}
      </div><aside>${may('webhooks:write') ? html`<section class="card actions" aria-label="What can be done"><h2>Actions</h2>
        ${endpoint.enabled ? nothing : html`<div class="action"><h3>Enable</h3><button type="button" class="button primary" data-testid="enable-submit" @click=${enable}>Enable the endpoint</button></div>`}
        <form @submit=${recover}><h3>Recover</h3><div class="field"><label for="since">Send again what was not taken since</label>
          <input id="since" name="since" type="datetime-local" required .defaultValue=${local(since)}></div>
          <button class="button ${endpoint.enabled ? 'primary' : ''}" data-testid="recover-submit" ?disabled=${!endpoint.enabled}>Recover</button></form>
        <div class="action"><h3>Test</h3><button type="button" class="button" ?disabled=${!endpoint.enabled} @click=${test}>Send a test event</button></div></section>` : nothing}</aside></div>`;
  }

  function delivery(one) {
    return html`<li class="card delivery" data-testid="delivery" data-id=${one.id} data-state=${one.state}>
      <div class="delivery-head">${badge(one.state, {text: one.state === 'dead' ? 'Dead letter' : words(one.state)})}<strong>${one.event_type ?? 'event'}</strong>${copyable(one.event_id, {short: true})}
        <span class="quiet">${when(one.created_at)}</span>
        ${may('webhooks:write') ? html`<button type="button" class="button small" data-testid="redeliver" @click=${() => redeliver(one)}>Redeliver</button>` : nothing}</div>
      ${one.next_attempt_at ? html`<p class="quiet">Next attempt: ${when(one.next_attempt_at)}</p>` : nothing}
      ${one.attempts.length ? html`<ol class="attempts">${one.attempts.map((attempt, i) => html`<li>
          <span class="attempt-number">${number(i + 1)}.</span> ${when(attempt.started_at)} <span class="quiet">${duration(attempt.duration_ms)}</span>
          <strong class=${attempt.status >= 200 && attempt.status < 300 ? 'good-text' : 'bad-text'}>${attempt.status ?? 'no answer'}</strong> ${attempt.error ?? ''}
          ${attempt.response ? html`<details><summary>Answer</summary><pre>${attempt.response}</pre></details>` : nothing}</li>`)}</ol>`
        : html`<p class="quiet">Not tried yet.</p>`}</li>`;
  }

  return {view, update(now) { read(now); deliveries = null; loadDeliveries(); draw(); }};
}
