// The webhook endpoints: whether they take what they are sent.
import {badge, empty, html, loading, nothing, pager, problem, table, when} from '../ui.js';
import {get} from '../api.js';
import {href} from '../router.js';
import {words} from '../format.js';

/** How an endpoint does. */
export function endpointBadge(endpoint) {
  return endpoint.enabled
      ? endpoint.failing_since ? badge('failing', {kind: 'wait'}) : badge('enabled')
      : badge('disabled', {kind: endpoint.disabled_reason ? 'bad' : 'over'});
}

export function page({route, draw, signal}) {
  let cursor = route.query.get('cursor');
  let result = null;
  let error = null;
  load();

  async function load() {
    try {
      result = await get('/v1/webhook-endpoints', {cursor, limit: 50}, signal);
      error = null;
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      if (e.code === 'invalid_cursor') {
        location.replace(href('webhooks'));
        return;
      }
      error = e;
    }
    draw();
  }

  function view() {
    return html`<div class="page-head"><h1>Webhooks</h1></div>
      ${error ? problem(error, load) : !result ? loading() : result.data.length === 0
        ? empty('No endpoints', 'Events are sent nowhere yet. Add an endpoint: POST /v1/webhook-endpoints.')
        : html`<div class="card flush">${table({
          caption: 'Webhook endpoints', rows: result.data, testid: 'endpoints-table',
          row: (one) => ({testid: 'endpoint-row', id: one.id, href: href('webhooks', one.id)}),
          columns: [
            {head: 'Endpoint', wide: true, cell: (one) => html`<span class="stack"><a class="clip" href=${href('webhooks', one.id)}>${one.url}</a>${one.description ? html`<span class="reason plain-text">${one.description}</span>` : nothing}</span>`},
            {head: 'State', cell: (one) => html`<span class="stack">${endpointBadge(one)}${one.disabled_reason ? html`<span class="reason">${words(one.disabled_reason)}</span>` : nothing}</span>`},
            {head: 'Events', cell: (one) => (one.events.includes('*') ? 'all' : one.events.length + ' types')},
            {head: 'Failing since', number: true, cell: (one) => when(one.failing_since)},
            {head: 'Added', number: true, cell: (one) => when(one.created_at)},
          ]})}</div><div class="below">${pager(result, cursor ? href('webhooks') : null, href('webhooks', '', {cursor: result.next_cursor}))}</div>`}`;
  }

  return {view, update(now) { cursor = now.query.get('cursor'); load(); }};
}
