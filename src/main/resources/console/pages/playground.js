// The sandbox's playground: pay, break what the payment depends on, and watch what the service does about it.
import {badge, html, live, loading, money, nothing, problem, repeat, say} from '../ui.js';
import {ApiError, get, newKey, send} from '../api.js';
import {breakers, followStatus} from '../health.js';
import {href} from '../router.js';
import {currencies, duration, number, parseAmount, percent, words} from '../format.js';
import {timeline} from '../timeline.js';

const DEPENDENCIES = [
  {name: 'fraud', says: 'Screens each payment before money is held.'},
  {name: 'ledger', says: 'Holds and posts the money.'},
  {name: 'notification', says: 'Sends events to webhook endpoints.'},
];
const BURST = 12;
const KEPT = 12;
const NONE = {latency_ms: 0, error_rate: 0, hang: false};

export function page({may, draw, signal}) {
  let faults = {};
  let faultError = null;
  let traffic = null;
  let trafficError = null;
  let status = null;
  let statusError = null;
  let accounts = ['alice', 'bob', 'shop', 'world'];
  let runs = [];
  let shown = null;
  let invalid = null;
  let counter = 0;

  /** The sandbox's own routes take no key, and get no cookie. */
  const sandbox = async (method, path, body) => (await send(method, '/sandbox/' + path, {body, cookie: false, signal})).body;

  async function loadFaults() {
    try {
      faults = await sandbox('GET', 'faults');
      faultError = null;
    } catch (e) {
      faultError = e;
    }
    draw();
  }

  async function setFault(name, change) {
    const fault = {...NONE, ...faults[name], ...change};
    faults = {...faults, [name]: fault};
    draw();
    try {
      await sandbox('PUT', 'faults/' + name, fault);
      faultError = null;
      say(words(name) + (fault.hang ? ' hangs.' : fault.latency_ms || fault.error_rate ? ' is disturbed.' : ' is well.'));
    } catch (e) {
      faultError = e;
      loadFaults();
    }
    draw();
  }

  async function heal() {
    try {
      await sandbox('DELETE', 'faults');
      say('All faults are off.');
    } catch (e) {
      faultError = e;
    }
    loadFaults();
  }

  async function loadTraffic() {
    try {
      traffic = await sandbox('GET', 'traffic');
      trafficError = null;
    } catch (e) {
      trafficError = e;
    }
    draw();
  }

  async function setTraffic(event) {
    event.preventDefault();
    const form = event.target.closest('form');
    const stop = event.type === 'click';
    const value = (name, most) => (stop ? 0 : Math.min(most, Math.max(0, Math.round(Number(form.elements[name].value) || 0))));
    const next = {payments_per_second: value('payments', 200), events_per_second: value('events', 20000)};
    try {
      traffic = (await sandbox('PUT', 'traffic', next)) ?? next;
      trafficError = null;
      say(stop ? 'Traffic stopped.' : 'Traffic started.');
    } catch (e) {
      trafficError = e;
    }
    draw();
  }

  // Payments

  function read(form) {
    const values = Object.fromEntries(new FormData(form));
    const deadline = Math.round(Number(values.deadline));
    if (!(deadline >= 50 && deadline <= 30000)) {
      throw new Error('The deadline must be 50 to 30 000 milliseconds.');
    }
    const body = {
      amount: parseAmount(values.amount, values.currency), currency: values.currency,
      payer: values.payer.trim(), payee: values.payee.trim(), capture_method: values.capture_method,
    };
    for (const name of ['reference', 'description']) {
      if (values[name].trim()) {
        body[name] = values[name].trim();
      }
    }
    return {body, deadline};
  }

  function pay(event) {
    event.preventDefault();
    start(event.target, 1);
  }

  function start(form, count) {
    let order;
    try {
      order = read(form);
      invalid = null;
    } catch (e) {
      invalid = e.message;
      draw();
      return;
    }
    for (let i = 0; i < count; i++) {
      const body = count > 1 && order.body.reference ? {...order.body, reference: order.body.reference + '-' + (i + 1)} : order.body;
      run(body, order.deadline);
    }
    if (order.body.reference) {
      form.elements.reference.value = '';
    }
  }

  async function run(body, deadline) {
    const mine = {number: ++counter, body, deadline, started: performance.now(), took: null, answer: null, error: null, timeline: null};
    runs = [mine, ...runs].slice(0, KEPT);
    shown = mine;
    draw();
    try {
      mine.answer = await send('POST', '/v1/payments', {body, signal, headers: {'Idempotency-Key': newKey(), 'Payment-Deadline-Ms': String(deadline)}});
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      mine.error = e instanceof ApiError ? e : new ApiError(0, {detail: String(e)});
    }
    mine.took = performance.now() - mine.started;
    draw();
    say('Payment ' + mine.number + ': ' + (mine.error ? mine.error.title : words(mine.answer.body.status)));
    const id = paymentOf(mine);
    if (id && may('payments:read')) {
      try {
        mine.timeline = await get('/v1/payments/' + id + '/timeline', null, signal);
      } catch (e) {
        mine.timelineError = e;
      }
      draw();
    }
  }

  const paymentOf = (one) => one.answer?.body.id ?? one.error?.paymentId ?? null;

  // The page

  function view() {
    return html`<div class="page-head"><h1>Playground</h1><p class="lead">Make a payment, break what it depends on, and watch deadlines answer and breakers open.</p></div>
      <section class="card"><div class="card-head"><h2>Circuit breakers</h2>${statusError && status ? html`<span class="quiet">not up to date</span>` : nothing}</div>
        ${status ? breakers(status.breakers) : statusError ? html`<p class="quiet">${statusError.status === 404 ? 'This server does not offer GET /v1/status, which tells their states.' : statusError.message}</p>` : may('analytics:read') ? loading() : html`<p class="quiet">Their states need the scope analytics:read.</p>`}</section>
      <div class="columns play"><div class="main-column">${form()}${demoTraffic()}</div><div class="main-column">${dependencies()}${results()}</div></div>`;
  }

  function form() {
    return html`<form class="card pay" @submit=${pay}><h2>A payment</h2>
      <div class="grid">
        <div class="field"><label for="p-amount">Amount</label><input id="p-amount" name="amount" inputmode="decimal" autocomplete="off" required .defaultValue=${'12.00'} aria-describedby="p-error"></div>
        <div class="field"><label for="p-currency">Currency</label><select id="p-currency" name="currency">${currencies.map((one) => html`<option value=${one} ?selected=${one === 'EUR'}>${one}</option>`)}</select></div>
        <div class="field"><label for="p-payer">From account</label><input id="p-payer" name="payer" list="p-accounts" required maxlength="64" autocomplete="off" .defaultValue=${'alice'}></div>
        <div class="field"><label for="p-payee">To account</label><input id="p-payee" name="payee" list="p-accounts" required maxlength="64" autocomplete="off" .defaultValue=${'shop'}></div>
        <div class="field"><label for="p-deadline">Deadline (ms)</label><input id="p-deadline" name="deadline" type="number" min="50" max="30000" step="1" required .defaultValue=${'800'}></div>
        <div class="field"><label for="p-capture">Capture</label><select id="p-capture" name="capture_method"><option value="automatic">Automatic</option><option value="manual">Manual: hold now</option></select></div>
        <div class="field wide"><label for="p-reference">Reference</label><input id="p-reference" name="reference" maxlength="240" autocomplete="off" placeholder="optional"></div>
        <div class="field wide"><label for="p-description">Description</label><input id="p-description" name="description" maxlength="500" autocomplete="off" placeholder="optional"></div>
      </div>
      <datalist id="p-accounts">${accounts.map((one) => html`<option value=${one}></option>`)}</datalist>
      <p class=${invalid ? 'field-error' : 'visually-hidden'} id="p-error" role=${invalid ? 'alert' : nothing}>${invalid ?? 'In major units, such as 12.00.'}</p>
      <div class="buttons"><button class="button primary" data-testid="pay-submit">Pay</button>
        <button type="button" class="button" data-testid="pay-burst" @click=${(e) => e.target.form.reportValidity() && start(e.target.form, BURST)}>Pay ${BURST} times at once</button></div></form>`;
  }

  function demoTraffic() {
    const running = traffic && (traffic.payments_per_second > 0 || traffic.events_per_second > 0);
    return html`<form class="card" @submit=${setTraffic}><div class="card-head"><h2>Demo traffic</h2>${traffic ? badge(running ? 'running' : 'stopped', {kind: running ? 'good' : 'over'}) : nothing}</div>
      ${trafficError?.status === 404 ? html`<p class="quiet">This server makes no demo traffic.</p>` : html`
        ${trafficError ? problem(trafficError, loadTraffic) : nothing}
        <div class="grid"><div class="field"><label for="t-payments">Payments a second</label><input id="t-payments" name="payments" type="number" min="0" max="200" .defaultValue=${String(traffic?.payments_per_second || 20)}></div>
          <div class="field"><label for="t-events">Events a second</label><input id="t-events" name="events" type="number" min="0" max="20000" .defaultValue=${String(traffic?.events_per_second || 500)}></div></div>
        <div class="buttons"><button class="button" data-testid="traffic-start">${running ? 'Change' : 'Start'}</button>
          ${running ? html`<button type="button" class="button" data-testid="traffic-stop" @click=${setTraffic}>Stop</button><a href=${href('live')}>Watch it live</a>` : nothing}</div>`}</form>`;
  }

  function dependencies() {
    const any = Object.values(faults).some((one) => one.hang || one.latency_ms || one.error_rate);
    return html`<section class="card"><div class="card-head"><h2>Faults</h2>${any ? html`<button type="button" class="button small" data-testid="faults-clear" @click=${heal}>Heal all</button>` : html`<span class="quiet">all well</span>`}</div>
      ${faultError ? problem(faultError, loadFaults) : nothing}
      <ul class="faults">${DEPENDENCIES.map(({name, says}) => {
        const fault = {...NONE, ...faults[name]};
        const disturbed = fault.hang || fault.latency_ms || fault.error_rate;
        return html`<li class=${disturbed ? 'disturbed' : ''}>
          <div class="fault-name"><strong>${words(name)}</strong><span class="quiet">${says}</span></div>
          <div class="fault-controls">
            <label class="toggle"><input type="checkbox" role="switch" data-testid="fault-hang" data-dependency=${name} .checked=${live(!!fault.hang)} @change=${(e) => setFault(name, {hang: e.target.checked})}><span>Hangs</span></label>
            <label class="slider">Slow <output>${duration(fault.latency_ms)}</output><input type="range" min="0" max="3000" step="50" data-testid="fault-latency" data-dependency=${name} .value=${live(String(fault.latency_ms))} @change=${(e) => setFault(name, {latency_ms: Number(e.target.value)})}></label>
            <label class="slider">Fails <output>${percent(fault.error_rate)}</output><input type="range" min="0" max="100" step="5" data-testid="fault-errors" data-dependency=${name} .value=${live(String(Math.round(fault.error_rate * 100)))} @change=${(e) => setFault(name, {error_rate: Number(e.target.value) / 100})}></label>
          </div></li>`;
      })}</ul></section>`;
  }

  function results() {
    return html`<section class="card" aria-label="Answers"><h2>Answers</h2>
      ${runs.length === 0 ? html`<p class="quiet">The answers to your payments appear here, each with its timeline.</p>`
        : html`<ol class="runs" reversed>${repeat(runs, (one) => one.number, (one) => html`<li data-testid="run" data-status=${one.error ? one.error.status : one.answer?.status ?? ''}>
          <button type="button" class=${'run' + (one === shown ? ' current' : '')} aria-expanded=${one === shown} @click=${() => { shown = shown === one ? null : one; draw(); }}>
            <span class="run-number">${number(one.number)}</span>${verdict(one)}<span class="run-amount">${money(one.body.amount, one.body.currency)}</span><span class="run-took">${one.took == null ? '…' : duration(one.took)}</span></button>
          ${one === shown ? detail(one) : nothing}</li>`)}</ol>`}</section>`;
  }

  function verdict(one) {
    if (one.error) {
      return badge(one.error.code, {kind: one.error.status === 504 || one.error.status === 503 ? 'wait' : 'bad', text: (one.error.status || 'No answer') + ' ' + words(one.error.code)});
    }
    return one.answer ? badge(one.answer.body.status, {text: one.answer.status + ' ' + words(one.answer.body.status)}) : html`<span class="loading inline"><span class="spinner" aria-hidden="true"></span>under way</span>`;
  }

  function detail(one) {
    const id = paymentOf(one);
    return html`<div class="run-detail">
      ${one.error ? html`<p><strong>${one.error.title}.</strong> ${one.error.message}${one.error.outcome === 'none' ? ' Nothing has moved.' : ''}</p>` : nothing}
      ${id && may('payments:read') ? html`<p><a href=${href('payments', id)}>Open the payment</a></p>` : nothing}
      ${one.timeline ? timeline(one.timeline) : one.timelineError ? problem(one.timelineError) : nothing}</div>`;
  }

  loadFaults();
  loadTraffic();
  if (may('ledger:read')) {
    get('/v1/accounts', {limit: 100}, signal).then((page) => {
      accounts = page.data.map((one) => one.id);
      draw();
    }, () => {});
  }
  if (may('analytics:read')) {
    followStatus((now) => {
      status = now.status ?? status;
      statusError = now.error ?? null;
      draw();
    }, signal);
  }

  return {view};
}
