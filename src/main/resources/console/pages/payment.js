// One payment: its states, money, timeline and events, and what may be done to it now.
import {badge, copyable, facts, html, loading, money, nothing, problem, say, table, when} from '../ui.js';
import {get, newKey, send} from '../api.js';
import {confirm} from '../dialog.js';
import {href} from '../router.js';
import {amount, duration, inputAmount, number, parseAmount, words} from '../format.js';
import {timeline} from '../timeline.js';

const UNDER_WAY = ['processing'];

export function page({route, may, draw, signal}) {
  const id = route.id;
  const path = '/v1/payments/' + encodeURIComponent(id);
  let payment = null;
  let error = null;
  let parts = {};
  let invalid = {};
  let poll;
  signal.addEventListener('abort', () => clearTimeout(poll));

  load();

  async function load() {
    try {
      payment = await get(path, null, signal);
      error = null;
    } catch (e) {
      if (!signal.aborted) {
        error = e;
        draw();
      }
      return;
    }
    draw();
    document.title = amount(payment.amount, payment.currency) + ' ' + payment.currency + ' · Quittance';
    part('timeline', () => get(path + '/timeline', null, signal));
    part('captures', async () => (await get(path + '/captures', {limit: 100}, signal)).data);
    part('refunds', async () => (await get(path + '/refunds', {limit: 100}, signal)).data);
    if (may('webhooks:read')) {
      part('events', async () => (await get('/v1/events', {payment_id: id, limit: 100}, signal)).data);
      part('deliveries', deliveries);
    }
    clearTimeout(poll);
    if (UNDER_WAY.includes(payment.status)) {
      poll = setTimeout(load, 2000);
    }
  }

  /** Loads one part; what is wrong with it spoils no other. */
  async function part(name, read) {
    try {
      parts[name] = {value: await read()};
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      parts[name] = {...parts[name], error: e};
    }
    draw();
  }

  /** Those to each endpoint, as far as its latest ones are about this payment. */
  async function deliveries() {
    const events = (await get('/v1/events', {payment_id: id, limit: 100}, signal)).data;
    const own = new Map(events.map((event) => [event.id, event]));
    const endpoints = (await get('/v1/webhook-endpoints', {limit: 20}, signal)).data;
    const lists = await Promise.all(endpoints.map(async (endpoint) =>
        (await get('/v1/webhook-endpoints/' + endpoint.id + '/deliveries', {limit: 100}, signal)).data
            .filter((delivery) => own.has(delivery.event_id))
            .map((delivery) => ({...delivery, url: endpoint.url}))));
    return lists.flat().sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
  }

  const refundable = () => payment.amount_captured - payment.amount_refunded;
  const capturable = () => (payment.status === 'authorized' ? payment.amount_capturable : 0);

  // What may be done

  async function act(event, what) {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    invalid = {};
    let body = {};
    try {
      body = what.body(values);
    } catch (e) {
      invalid = {[what.operation]: e.message};
      draw();
      event.target.querySelector('input')?.focus();
      return;
    }
    const key = newKey();
    const done = await confirm({
      ...what.question(body),
      run: () => send('POST', path + '/' + what.operation, {body, headers: {'Idempotency-Key': key}}),
    });
    if (done) {
      event.target.reset();
      say(what.done);
    }
    // Whatever was said, the payment may be another one now.
    load();
  }

  const text = (minor) => amount(minor, payment.currency) + ' ' + payment.currency;

  function chosen(values, most) {
    const minor = parseAmount(values.amount, payment.currency);
    if (minor > most) {
      throw new Error('At most ' + text(most) + '.');
    }
    return minor;
  }

  const capture = {
    operation: 'captures', done: 'Captured.',
    body: (values) => ({amount: chosen(values, capturable()), final: values.final === 'on'}),
    question: (body) => ({
      title: 'Capture ' + text(body.amount) + '?',
      text: html`<p>It moves from <strong>${payment.payer}</strong> to <strong>${payment.payee}</strong>.
        ${body.amount === capturable() ? nothing : body.final ? `The other ${text(capturable() - body.amount)} are released.` : 'The rest stays on hold.'}</p>`,
      verb: 'Capture',
    }),
  };
  const cancel = {
    operation: 'cancel', done: 'Canceled.', body: () => ({}),
    question: () => ({
      title: 'Cancel the payment?',
      text: html`<p>${text(payment.amount_capturable)} on hold are released to <strong>${payment.payer}</strong>. This cannot be undone.</p>`,
      verb: 'Cancel the payment', danger: true,
    }),
  };
  const refund = {
    operation: 'refunds', done: 'Refunded.',
    body: (values) => ({amount: chosen(values, refundable()), ...(values.reason.trim() ? {reason: values.reason.trim()} : {})}),
    question: (body) => ({
      title: 'Refund ' + text(body.amount) + '?',
      text: html`<p>It moves from <strong>${payment.payee}</strong> back to <strong>${payment.payer}</strong>. This cannot be undone.</p>`,
      verb: 'Refund', danger: true,
    }),
  };
  const review = {
    operation: 'review', done: 'Decided.',
    body: (values) => ({decision: values.decision, ...(values.reason.trim() ? {reason: values.reason.trim()} : {})}),
    question: (body) => ({
      title: body.decision === 'approve' ? 'Approve the payment?' : 'Decline the payment?',
      text: html`<p>${body.decision === 'approve'
          ? `${text(payment.amount)} ${payment.capture_method === 'manual' ? 'are held for' : 'move to'} ${payment.payee}.`
          : `Nothing moves; what is held goes back to ${payment.payer}.`} This cannot be undone.</p>`,
      verb: body.decision === 'approve' ? 'Approve' : 'Decline', danger: body.decision !== 'approve',
    }),
  };

  function amountField(operation, most) {
    return html`<div class="field"><label for="a-${operation}">Amount (${payment.currency})</label>
      <input id="a-${operation}" name="amount" inputmode="decimal" autocomplete="off" required .defaultValue=${inputAmount(most, payment.currency)} aria-invalid=${invalid[operation] ? 'true' : nothing} aria-describedby="h-${operation}">
      <p class=${invalid[operation] ? 'field-error' : 'hint'} id="h-${operation}">${invalid[operation] ?? 'At most ' + text(most)}</p></div>`;
  }

  const reasonField = (operation) => html`<div class="field"><label for="r-${operation}">Reason</label>
      <input id="r-${operation}" name="reason" maxlength="500" autocomplete="off" placeholder="optional"></div>`;

  function actions() {
    const offered = [];
    if (may('fraud:write') && payment.status === 'in_review') {
      offered.push(html`<form @submit=${(e) => act(e, review)}><h3>Review</h3>
        <fieldset class="choice"><legend class="visually-hidden">Decision</legend>
          <label><input type="radio" name="decision" value="approve" checked> Approve</label>
          <label><input type="radio" name="decision" value="decline"> Decline</label></fieldset>
        ${reasonField('review')}<button class="button primary" data-testid="review-submit">Decide</button></form>`);
    }
    if (may('payments:write') && capturable() > 0) {
      offered.push(html`<form @submit=${(e) => act(e, capture)}><h3>Capture</h3>${amountField('captures', capturable())}
        <label class="check"><input type="checkbox" name="final" checked> Release the rest</label>
        <button class="button primary" data-testid="capture-submit">Capture</button></form>`);
      offered.push(html`<form @submit=${(e) => act(e, cancel)}><h3>Cancel</h3><p class="hint">Releases what is on hold.</p>
        <button class="button danger-outline" data-testid="cancel-submit">Cancel the payment</button></form>`);
    }
    if (may('payments:write') && refundable() > 0) {
      offered.push(html`<form @submit=${(e) => act(e, refund)}><h3>Refund</h3>${amountField('refunds', refundable())}
        ${reasonField('refunds')}<button class="button danger-outline" data-testid="refund-submit">Refund</button></form>`);
    }
    return offered.length ? html`<section class="card actions" aria-label="What can be done"><h2>Actions</h2>${offered}</section>` : nothing;
  }

  // The page

  function view() {
    if (!payment) {
      return html`<p class="back"><a href=${href('payments')}>Payments</a></p>${error ? html`<h1>Payment</h1>${problem(error, load)}` : loading()}`;
    }
    return html`<p class="back"><a href=${href('payments')}>Payments</a></p>
      <div class="page-head payment-head"><h1>${money(payment.amount, payment.currency)}</h1>${badge(payment.status, {testid: 'payment-status'})}
        <span class="page-head-id">${copyable(payment.id)}</span></div>
      ${error ? problem(error, load) : nothing}
      ${payment.failure ? html`<div class="failure"><strong>${words(payment.failure.code)}</strong><span>${payment.failure.detail}</span></div>` : nothing}
      ${payment.outcome === 'unknown' ? html`<div class="failure wait"><strong>Not known yet</strong><span>It is known by ${when(payment.resolves_by)} whether the money moved.</span></div>` : nothing}
      <div class="with-side"><div class="main-column">
        <section class="card" aria-label="Payment">${facts([
          ['From', account(payment.payer)],
          ['To', account(payment.payee)],
          ['Held', money(payment.amount_capturable, payment.currency)],
          ['Captured', money(payment.amount_captured, payment.currency)],
          ['Refunded', money(payment.amount_refunded, payment.currency)],
          ['Capture', words(payment.capture_method)],
          ['Reference', payment.reference],
          ['Description', payment.description],
          payment.batch_id ? ['Batch', html`<a href=${href('batches', payment.batch_id)}><code>${payment.batch_id}</code></a>`] : null,
          ['Created', when(payment.created_at)],
          payment.authorized_at ? ['Authorized', when(payment.authorized_at)] : null,
          payment.captured_at ? ['Captured last', when(payment.captured_at)] : null,
          payment.canceled_at ? ['Canceled', when(payment.canceled_at)] : null,
          payment.expires_at ? ['Expires', when(payment.expires_at)] : null,
        ])}
        ${Object.keys(payment.metadata ?? {}).length ? html`<h3>Metadata</h3>${facts(Object.entries(payment.metadata))}` : nothing}</section>
        <section class="card"><div class="card-head"><h2>Timeline</h2>
          ${payment.deadline ? html`<span class="quiet">answered after ${duration(payment.deadline.used_ms)} of ${duration(payment.deadline.granted_ms)}</span>` : nothing}</div>
          ${shown('timeline', timeline)}</section>
        ${payment.fraud ? fraud() : nothing}
        ${movements('captures', 'Captures', [{head: 'Kind', cell: (one) => (one.final ? 'Final' : 'Partial')}])}
        ${movements('refunds', 'Refunds', [{head: 'Reason', cell: (one) => one.reason ?? html`<span class="quiet">–</span>`}])}
        ${may('webhooks:read') ? html`${events()}${delivered()}` : nothing}
      </div><aside>${actions()}</aside></div>`;
  }

  const account = (name) => (may('ledger:read') ? html`<a href=${href('accounts', name)}>${name}</a>` : name);

  function shown(name, draw) {
    const part = parts[name];
    return part?.value ? draw(part.value) : part?.error ? problem(part.error, load) : loading();
  }

  function fraud() {
    const {decision, score, reasons, source} = payment.fraud;
    return html`<section class="card"><h2>Fraud screening</h2>${facts([
      ['Decision', badge(decision)],
      ['Score', html`<span class="score"><span class="score-track" aria-hidden="true"><span .style=${`width:${score}%`}></span></span>${number(score)} of 100</span>`],
      ['Screened by', words(source)],
      ['Reasons', reasons.length ? html`<ul class="plain">${reasons.map((one) => html`<li>${one}</li>`)}</ul>` : html`<span class="quiet">none</span>`],
    ])}</section>`;
  }

  function movements(name, title, more) {
    const rows = parts[name]?.value;
    if (!rows?.length && !parts[name]?.error) {
      return nothing;
    }
    return html`<section class="card flush"><div class="card-head"><h2>${title}</h2></div>${shown(name, () => table({
      caption: title, rows, columns: [
        {head: 'Id', cell: (one) => copyable(one.id, {short: true})},
        {head: 'Amount', number: true, cell: (one) => money(one.amount, one.currency)},
        ...more,
        {head: 'At', number: true, cell: (one) => when(one.created_at)},
      ]}))}</section>`;
  }

  function events() {
    return html`<section class="card flush"><div class="card-head"><h2>Events</h2></div>${shown('events', (rows) => (rows.length === 0
        ? html`<p class="quiet padded">No event has been written yet.</p>`
        : table({caption: 'Events', rows, columns: [
          {head: 'No.', number: true, cell: (one) => number(one.sequence)},
          {head: 'Type', cell: (one) => one.type},
          {head: 'Id', cell: (one) => copyable(one.id, {short: true})},
          {head: 'At', number: true, cell: (one) => when(one.timestamp)},
          ...(may('webhooks:write') ? [{head: 'Send', cell: (one) => html`<button type="button" class="button small" @click=${() => redeliver(one)}>Redeliver</button>`}] : []),
        ]})))}</section>`;
  }

  async function redeliver(event) {
    await confirm({
      title: 'Send the event again?',
      text: html`<p>${event.type} goes once more to every enabled endpoint that takes it.</p>`,
      verb: 'Send again',
      run: () => send('POST', '/v1/events/' + event.id + '/redeliver', {}),
    });
    part('deliveries', deliveries);
  }

  function delivered() {
    return html`<section class="card flush"><div class="card-head"><h2>Deliveries</h2></div>${shown('deliveries', (rows) => (rows.length === 0
        ? html`<p class="quiet padded">Nothing has been sent to an endpoint for this payment lately.</p>`
        : table({caption: 'Deliveries', rows, columns: [
          {head: 'Endpoint', wide: true, cell: (one) => html`<a class="clip" href=${href('webhooks', one.endpoint_id)}>${one.url}</a>`},
          {head: 'Event', cell: (one) => one.event_type},
          {head: 'State', cell: (one) => badge(one.state)},
          {head: 'Attempts', number: true, cell: (one) => number(one.attempt_count)},
          {head: 'Last answer', cell: (one) => lastAnswer(one)},
        ]})))}</section>`;
  }

  return {view};
}

export function lastAnswer(delivery) {
  const last = delivery.attempts.at(-1);
  return last ? html`<span class="clip" title=${last.error ?? nothing}>${last.status ?? ''} ${last.error ?? ''}</span>` : html`<span class="quiet">not tried yet</span>`;
}
