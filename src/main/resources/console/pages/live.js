// What is happening now: the live stream as figures, lines and bars, each leading to the list that it counts.
import {badge, empty, html, loading, money, nothing, problem, tile} from '../ui.js';
import {get} from '../api.js';
import {follow} from '../stream.js';
import {href} from '../router.js';
import {duration, number, percent, rate, words} from '../format.js';
import {paymentTable} from './payments.js';
import '../chart.js';

const REFUSED = 'declined,failed';

/** What payees are counted under that are too many to be counted each. */
const REST = 'other';

/** Each second of the window as a point, those in which nothing happened, too. */
function dense(frame) {
  const points = new Map(frame.points.map((point) => [Math.floor(Date.parse(point.at) / 1000), point]));
  const last = Math.max(Math.floor(Date.parse(frame.at) / 1000) - 1, ...points.keys());
  frame.points = Array.from({length: frame.window_seconds}, (_, i) => {
    const second = last - frame.window_seconds + 1 + i;
    return points.get(second) ?? {at: new Date(second * 1000).toISOString(), payments: 0, events: 0, p99_ms: null};
  });
  return frame;
}

const RATE = [{label: 'Payments per second', color: '--accent', fill: '--accent-wash', format: rate}];
const EVENTS = [{label: 'Events per second', color: '--busy', format: rate}];
const LATENCY = [{label: '99th percentile', color: '--wait', format: duration}];

export function page({may, draw, session, signal}) {
  let frame = null;
  let heard = 0;
  let state = 'connecting';
  let refusal = null;
  let latest = null;
  let latestError = null;

  follow('/v1/analytics/live', {
    frame(name, text) {
      if (name === 'frame') {
        frame = dense(JSON.parse(text));
        state = 'live';
        draw();
      }
    },
    // Where nothing has changed the service says only that it is there, and the figures are as good as new.
    heard() {
      heard = Date.now();
    },
    state(now, why) {
      state = now === 'live' && !frame ? 'connecting' : now;
      refusal = why ?? null;
      draw();
    },
  }, signal);

  // The age is counted here; nobody is told of it aloud.
  const ticking = setInterval(() => document.visibilityState === 'visible' && draw(), 1000);
  signal.addEventListener('abort', () => clearInterval(ticking));

  async function loadLatest() {
    try {
      latest = (await get('/v1/payments', {limit: 8}, signal)).data;
      latestError = null;
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      latestError = e;
    }
    draw();
  }
  if (may('payments:read')) {
    loadLatest();
    const again = setInterval(() => document.visibilityState === 'visible' && loadLatest(), 5000);
    signal.addEventListener('abort', () => clearInterval(again));
  }

  /** The list of the payments that the frame counts, or of some of them. */
  function counted(more) {
    if (!may('payments:read')) {
      return null;
    }
    const from = new Date(Date.parse(frame.at) - frame.window_seconds * 1000);
    return href('payments', '', {created_from: from.toISOString(), ...more});
  }

  function age() {
    const seconds = Math.max(0, Math.round((Date.now() - heard) / 1000));
    return seconds < 1 ? 'updated now' : 'updated ' + number(seconds) + ' s ago';
  }

  function view() {
    return html`<div class="page-head"><h1>Live</h1>
      <p class="live-state">
        ${state === 'cut' || (state === 'refused' && frame) ? html`<span class="stale" data-testid="stale" role="status">${badge('failed', {kind: 'wait', text: 'Stale: the stream is cut, reconnecting'})}</span>`
          : state === 'live' ? html`<span class="pulse" aria-hidden="true"></span>` : nothing}
        ${frame ? html`<span data-testid="live-age">${age()}</span>` : nothing}</p></div>
      ${frame ? figures() : state === 'refused' ? unavailable() : loading('Waiting for the first figures')}
      ${recent()}`;
  }

  function unavailable() {
    return problem({
      title: 'Live figures are not available',
      message: refusal?.status === 404
          ? 'This server does not offer the live stream. Payments and accounts work as ever.'
          : refusal?.detail ?? 'The stream was refused. It is tried again.',
      status: refusal?.status, code: refusal?.code ?? 'refused',
    });
  }

  function figures() {
    const {payments, events} = frame;
    const seconds = number(frame.window_seconds);
    const {p50, p95, p99} = payments.latency_ms;
    const refused = payments.statuses.filter((one) => REFUSED.split(',').includes(one.status)).reduce((sum, one) => sum + one.count, 0);
    const times = frame.points.map((point) => Date.parse(point.at) / 1000);
    return html`<section aria-label="Figures" class=${'tiles' + (state === 'live' ? '' : ' dim')}>
        ${tile({label: 'Payments per second', value: rate(payments.per_second), testid: 'live-rate', note: `${number(payments.count)} in the last ${seconds} s`, href: counted()})}
        ${tile({label: 'Success rate', value: percent(payments.success_rate), testid: 'live-success', kind: payments.success_rate == null ? '' : payments.success_rate >= 0.95 ? 'good' : payments.success_rate >= 0.8 ? 'wait' : 'bad', note: 'of those that were decided', href: counted({status: 'succeeded'})})}
        ${tile({label: 'Declined or failed', value: number(refused), testid: 'live-refused', kind: refused ? 'bad' : '', note: mostOften(payments.declines), href: counted({status: REFUSED})})}
        ${tile({label: 'Answered within', value: duration(p99), testid: 'live-p99', note: html`${percent(0.99)}<br>${percent(0.5)}: ${duration(p50)} · ${percent(0.95)}: ${duration(p95)}`, href: counted()})}
      </section>
      <div class="columns two">
        <section class="card"><h2>Payments</h2><line-chart .label=${'Payments per second'} .series=${RATE} .points=${[times, frame.points.map((point) => point.payments)]}></line-chart></section>
        <section class="card"><h2>Latency, 99th percentile</h2><line-chart .label=${'Latency, 99th percentile'} .series=${LATENCY} .points=${[times, frame.points.map((point) => point.p99_ms ?? null)]}></line-chart></section>
      </div>
      <div class="columns four">
        ${ranking('Outcomes', payments.statuses, (one) => badge(one.status), (one) => counted({status: one.status}), 'No payments')}
        ${ranking('Declines by reason', payments.declines, (one) => words(one.reason), () => counted({status: REFUSED}), 'No declines')}
        ${ranking('Top payees', payments.payees, (one) => one.payee, (one) => (one.payee === REST ? null : counted({payee: one.payee})), 'No payees')}
        ${ranking('Amounts', payments.amounts, (one) => one.currency, (one) => counted({currency: one.currency}), 'No amounts', (one) => money(one.amount, one.currency))}
      </div>
      ${events.types.length ? interactions(events, times) : nothing}`;
  }

  const mostOften = (declines) => (declines.length ? 'most often: ' + words(declines[0].reason).toLowerCase() : 'none in the last ' + number(frame.window_seconds) + ' s');

  function interactions(events, times) {
    return html`<div class="columns uneven">
      <section class="card"><div class="card-head"><h2>Interaction events</h2><span><strong data-testid="live-events">${rate(events.per_second)}</strong> <span class="quiet">a second</span></span></div>
        <line-chart .label=${'Events per second'} .series=${EVENTS} .points=${[times, frame.points.map((point) => point.events)]}></line-chart></section>
      ${ranking('Events by type', events.types, (one) => one.type, () => null, 'No events')}</div>`;
  }

  /** Some counts, the largest first, as bars. */
  function ranking(title, rows, label, link, none, value = (one) => number(one.count)) {
    const most = Math.max(1, ...rows.map((one) => one.count ?? 0));
    return html`<section class="card"><h2>${title}</h2>
      ${rows.length === 0 ? html`<p class="quiet">${none} in the last ${number(frame.window_seconds)} s.</p>`
        : html`<ul class="ranking">${rows.slice(0, 6).map((one) => {
          const to = link(one);
          const inside = html`<span class="ranking-label">${label(one)}</span><span class="ranking-value">${value(one)}</span>
            ${one.count == null ? nothing : html`<span class="ranking-bar" aria-hidden="true"><span .style=${`width:${100 * one.count / most}%`}></span></span>`}`;
          return html`<li>${to ? html`<a href=${to}>${inside}</a>` : html`<div>${inside}</div>`}</li>`;
        })}</ul>`}</section>`;
  }

  function recent() {
    if (!may('payments:read')) {
      return nothing;
    }
    return html`<section class="card flush"><div class="card-head"><h2>Latest payments</h2><a href=${href('payments')}>All payments</a></div>
      ${latestError ? problem(latestError, loadLatest) : !latest ? loading()
        : latest.length === 0 ? empty('No payments yet', session.sandbox ? 'Make the first one in the playground.' : 'They appear here as soon as your systems make some.',
            session.sandbox && may('payments:write') ? html`<a class="button primary" href=${href('playground')}>Open the playground</a>` : nothing)
        : paymentTable(latest, 'Latest payments', {testids: false})}</section>`;
  }

  return {view};
}
