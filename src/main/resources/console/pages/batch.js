// One batch: how far it has come, and what became of each payment in it.
import {badge, copyable, empty, facts, html, loading, nothing, pager, problem, table, when} from '../ui.js';
import {get, newKey, send} from '../api.js';
import {confirm} from '../dialog.js';
import {href} from '../router.js';
import {duration, number, words} from '../format.js';
import {COUNTS, progress} from './batches.js';

const FAILURES = {continue: 'Goes on', stop: 'Begins nothing more'};

export function page({route, may, draw, signal}) {
  const id = route.id;
  const path = '/v1/payment-batches/' + encodeURIComponent(id);
  let batch = null;
  let items = null;
  let error = null;
  let itemsError = null;
  let status;
  let cursor;
  let poll;
  signal.addEventListener('abort', () => clearTimeout(poll));

  read(route);
  load();

  function read({query}) {
    status = COUNTS.some(([name]) => name === query.get('status')) ? query.get('status') : null;
    cursor = query.get('cursor');
  }

  async function load() {
    clearTimeout(poll);
    try {
      batch = await get(path, null, signal);
      error = null;
      if (batch.status === 'processing') {
        poll = setTimeout(load, 1000);
      }
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      error = e;
    }
    draw();
    try {
      items = await get(path + '/items', {status, cursor, limit: 50}, signal);
      itemsError = null;
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      if (e.code === 'invalid_cursor') {
        location.replace(href('batches', id, {status}));
        return;
      }
      itemsError = e;
    }
    draw();
  }

  async function resume() {
    const key = newKey();
    await confirm({
      title: 'Resume the batch?',
      text: html`<p>${number(batch.counts.not_started)} payments that have not begun are begun now, under a new deadline.</p>`,
      verb: 'Resume',
      run: () => send('POST', path + '/resume', {headers: {'Idempotency-Key': key}}),
    });
    load();
  }

  function view() {
    if (!batch) {
      return html`<p class="back"><a href=${href('batches')}>Batches</a></p>${error ? html`<h1>Batch</h1>${problem(error, load)}` : loading()}`;
    }
    return html`<p class="back"><a href=${href('batches')}>Batches</a></p>
      <div class="page-head"><h1>Batch of ${number(batch.counts.total)}</h1>${badge(batch.status)}<span class="page-head-id">${copyable(batch.id)}</span>
        ${may('payments:write') && batch.counts.not_started > 0 && batch.status !== 'processing' ? html`<button type="button" class="button primary" data-testid="resume-submit" @click=${resume}>Resume</button>` : nothing}</div>
      ${error ? problem(error, load) : nothing}
      <section class="card">${progress(batch.counts)}${facts([
        ['Mode', words(batch.mode)], batch.mode === 'atomic' ? null : ['After a failure', FAILURES[batch.on_failure]], ['Reference', batch.reference],
        ['Deadline', batch.deadline ? html`${duration(batch.deadline.used_ms)} of ${duration(batch.deadline.granted_ms)} used` : null],
        ['Created', when(batch.created_at)], ['Ended', when(batch.completed_at)],
        ['Payments', html`<a href=${href('payments', '', {batch_id: id})}>As they stand now</a>`],
        ...Object.entries(batch.metadata ?? {})])}</section>
      <nav class="tabs" aria-label="Payments by status"><a href=${href('batches', id)} aria-current=${status ? nothing : 'true'}>All ${number(batch.counts.total)}</a>
        ${COUNTS.filter(([name]) => batch.counts[name]).map(([name]) => html`<a href=${href('batches', id, {status: name})} aria-current=${status === name ? 'true' : nothing}>${words(name)} ${number(batch.counts[name])}</a>`)}</nav>
      ${itemsError ? problem(itemsError, load) : !items ? loading() : items.data.length === 0 ? empty('None', 'No payment of this batch has this status now.')
        : html`<div class="card flush">${table({
          caption: 'Payments of the batch', rows: items.data, testid: 'items-table',
          row: (one) => ({testid: 'item-row', id: one.payment_id, href: one.payment_id ? href('payments', one.payment_id) : null}),
          columns: [
            {head: 'Index', number: true, cell: (one) => number(one.index)},
            {head: 'Reference', wide: true, cell: (one) => html`<span class="clip">${one.reference}</span>`},
            {head: 'Status', cell: (one) => html`<span class="stack">${badge(one.status)}${one.code ? html`<span class="reason" title=${one.detail ?? nothing}>${words(one.code)}</span>` : nothing}</span>`},
            {head: 'Payment', cell: (one) => (one.payment_id ? html`<a href=${href('payments', one.payment_id)}><code>…${one.payment_id.slice(-8)}</code></a>` : html`<span class="quiet">none</span>`)},
            {head: 'Outcome', cell: (one) => words(one.outcome)},
            {head: 'Detail', cell: (one) => one.detail ?? nothing},
          ]})}</div><div class="below">${pager(items, cursor ? href('batches', id, {status}) : null, href('batches', id, {status, cursor: items.next_cursor}))}</div>`}`;
  }

  return {view, update(now) { read(now); items = null; load(); }};
}
