// Payment batches and how far they have come.
import {badge, empty, html, loading, nothing, pager, problem, table, when} from '../ui.js';
import {get} from '../api.js';
import {href} from '../router.js';
import {number, words} from '../format.js';

/** In the order in which they are drawn. */
export const COUNTS = [['succeeded', 'good'], ['authorized', 'good-2'], ['in_review', 'wait'], ['declined', 'bad'],
  ['failed', 'bad-2'], ['unknown', 'wait-2'], ['processing', 'busy'], ['not_started', 'none']];

export function progress(counts) {
  const total = Math.max(1, counts.total);
  const rest = (counts.processing ?? 0) + (counts.not_started ?? 0);
  const bad = (counts.declined ?? 0) + (counts.failed ?? 0);
  return html`<span class="progress"><span class="progress-track" role="img" aria-label=${COUNTS.filter(([name]) => counts[name]).map(([name]) => number(counts[name]) + ' ' + words(name).toLowerCase()).join(', ')}>
    ${COUNTS.map(([name, kind]) => (counts[name] ? html`<span class="progress-part ${kind}" title="${number(counts[name])} ${words(name).toLowerCase()}" .style=${`width:${100 * counts[name] / total}%`}></span>` : nothing))}</span>
    <span class="progress-text">${number(total - rest)} of ${number(counts.total)}${bad ? html` · <span class="bad-text">${number(bad)} not paid</span>` : nothing}</span></span>`;
}

export function page({route, draw, signal}) {
  let cursor = route.query.get('cursor');
  let result = null;
  let error = null;
  let poll;
  signal.addEventListener('abort', () => clearTimeout(poll));
  load();

  async function load() {
    clearTimeout(poll);
    try {
      result = await get('/v1/payment-batches', {cursor, limit: 50}, signal);
      error = null;
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      if (e.code === 'invalid_cursor') {
        location.replace(href('batches'));
        return;
      }
      error = e;
    }
    draw();
    if (result?.data.some((one) => one.status === 'processing')) {
      poll = setTimeout(load, 1000);
    }
  }

  function view() {
    return html`<div class="page-head"><h1>Batches</h1></div>
      ${error ? error.status === 404 ? empty('Batches are not available', 'This server does not take payment batches.') : problem(error, load)
        : !result ? loading() : result.data.length === 0 ? empty('No batches', 'A batch pays many at once: POST /v1/payment-batches.')
        : html`<div class="card flush">${table({
          caption: 'Batches, newest first', rows: result.data, testid: 'batches-table',
          row: (one) => ({testid: 'batch-row', id: one.id, href: href('batches', one.id)}),
          columns: [
            {head: 'Batch', wide: true, cell: (one) => html`<a href=${href('batches', one.id)} aria-label="Batch ${one.id}"><code>${one.id.slice(0, 4)}…${one.id.slice(-8)}</code></a>`},
            {head: 'Status', cell: (one) => badge(one.status)},
            {head: 'Progress', cell: (one) => progress(one.counts)},
            {head: 'Reference', cell: (one) => html`<span class="stack"><span class="clip" title=${one.reference ?? nothing}>${one.reference ?? '–'}</span><span class="reason plain-text">${words(one.mode)}</span></span>`},
            {head: 'Created', number: true, cell: (one) => when(one.created_at)},
            {head: 'Ended', number: true, cell: (one) => when(one.completed_at)},
          ]})}</div><div class="below">${pager(result, cursor ? href('batches') : null, href('batches', '', {cursor: result.next_cursor}))}</div>`}`;
  }

  return {view, update(now) { cursor = now.query.get('cursor'); load(); }};
}
