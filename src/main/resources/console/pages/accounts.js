// The accounts and their balances.
import {badge, empty, html, loading, money, nothing, pager, problem, table} from '../ui.js';
import {get} from '../api.js';
import {href} from '../router.js';
import {currencies, words} from '../format.js';

const KINDS = ['standard', 'external'];
const STATUSES = ['open', 'frozen', 'closed'];

/** An open account is well; a closed one is over. */
export function accountBadge(status) {
  return badge(status, {kind: {open: 'good', frozen: 'wait', closed: 'over'}[status] ?? 'over'});
}

export function page({route, draw, signal}) {
  let filters;
  let cursor;
  let result = null;
  let error = null;

  read(route);
  load();

  function read({query}) {
    const among = (name, values) => (values.includes(query.get(name)) ? query.get(name) : null);
    filters = {kind: among('kind', KINDS), currency: among('currency', currencies), status: among('status', STATUSES)};
    cursor = query.get('cursor');
  }

  async function load() {
    error = null;
    try {
      result = await get('/v1/accounts', {...filters, cursor, limit: 50}, signal);
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      if (e.code === 'invalid_cursor') {
        location.replace(href('accounts', '', filters));
        return;
      }
      error = e;
    }
    draw();
  }

  const choose = (name) => (e) => { location.hash = href('accounts', '', {...filters, [name]: e.target.value}); };

  const select = (name, label, values) => html`<div class="field"><label for="f-${name}">${label}</label><select id="f-${name}" @change=${choose(name)}>
      <option value="" .selected=${!filters[name]}>Any</option>${values.map((one) => html`<option value=${one} .selected=${filters[name] === one}>${name === 'currency' ? one : words(one)}</option>`)}</select></div>`;

  function view() {
    return html`<div class="page-head"><h1>Accounts</h1></div>
      <form class="filters card" role="search" aria-label="Accounts" @submit=${(e) => e.preventDefault()}>
        ${select('status', 'Status', STATUSES)}${select('kind', 'Kind', KINDS)}${select('currency', 'Currency', currencies)}</form>
      ${error ? problem(error, load) : !result ? loading() : result.data.length === 0 ? empty('No accounts', 'None meets these filters.', html`<a class="button" href=${href('accounts')}>Show all</a>`)
        : html`<div class="card flush">${table({
          caption: 'Accounts', rows: result.data, testid: 'accounts-table',
          row: (one) => ({testid: 'account-row', id: one.id, href: href('accounts', one.id)}),
          columns: [
            {head: 'Account', wide: true, cell: (one) => html`<span class="stack"><a href=${href('accounts', one.id)}>${one.id}</a>${one.name ? html`<span class="reason plain-text">${one.name}</span>` : nothing}</span>`},
            {head: 'Status', cell: (one) => accountBadge(one.status)},
            {head: 'Kind', cell: (one) => words(one.kind)},
            {head: 'Posted', number: true, cell: (one) => money(one.balances.posted, one.currency)},
            {head: 'Pending out', number: true, cell: (one) => money(one.balances.pending_out, one.currency)},
            {head: 'Pending in', number: true, cell: (one) => money(one.balances.pending_in, one.currency)},
            {head: 'Available', number: true, cell: (one) => (one.kind === 'external' ? html`<span class="quiet">unlimited</span>` : money(one.balances.available, one.currency))},
          ]})}</div><div class="below">${pager(result, cursor ? href('accounts', '', filters) : null, href('accounts', '', {...filters, cursor: result.next_cursor}))}</div>`}`;
  }

  return {view, update(now) { read(now); load(); }};
}
