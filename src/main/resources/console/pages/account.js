// One account: its balances, and its statement with the balance after each entry.
import {empty, facts, html, loading, money, nothing, pager, problem, say, table, tile, when, copyable} from '../ui.js';
import {get, pagesOf} from '../api.js';
import {href} from '../router.js';
import {amount, decimal, number, words} from '../format.js';
import {accountBadge} from './accounts.js';

/** Pages in memory before they are handed to the browser, which keeps them on disk. */
const PAGES_PER_PIECE = 50;

export function page({route, may, draw, signal}) {
  const id = route.id;
  const path = '/v1/accounts/' + encodeURIComponent(id);
  let account = null;
  let entries = null;
  let error = null;
  let entriesError = null;
  let cursor = route.query.get('cursor');
  let download = null;

  signal.addEventListener('abort', () => download?.controller.abort());
  load();

  async function load() {
    try {
      account = await get(path, null, signal);
      error = null;
      document.title = account.id + ' · Quittance';
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      error = e;
    }
    draw();
    loadEntries();
  }

  async function loadEntries() {
    try {
      entries = await get(path + '/entries', {cursor, limit: 50}, signal);
      entriesError = null;
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      if (e.code === 'invalid_cursor') {
        location.replace(href('accounts', id));
        return;
      }
      entriesError = e;
    }
    draw();
  }

  // The statement as a file

  /** A cell of CSV (RFC 4180). A text that a spreadsheet would take for a formula is marked as a text. */
  function cell(text) {
    const safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
    return /[",\r\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
  }

  function line(entry) {
    return [entry.created_at, decimal(entry.amount, account.currency), account.currency,
      decimal(entry.balance_after, account.currency), entry.transfer_id, entry.payment_id ?? '',
      cell(entry.reference ?? '')].join(',') + '\r\n';
  }

  async function save() {
    const mine = {controller: new AbortController(), lines: 0, error: null};
    download = mine;
    say('The statement is being read.');
    draw();
    try {
      let pieces = new Blob(['created_at,amount,currency,balance_after,transfer_id,payment_id,reference\r\n']);
      let waiting = [];
      for await (const rows of pagesOf(path + '/entries', mine.controller.signal)) {
        waiting.push(rows.map(line).join(''));
        mine.lines += rows.length;
        if (waiting.length === PAGES_PER_PIECE) {
          pieces = new Blob([pieces, ...waiting]);
          waiting = [];
        }
        draw();
      }
      offer(new Blob([pieces, ...waiting], {type: 'text/csv;charset=utf-8'}));
      say(number(mine.lines) + ' entries saved.');
      download = null;
    } catch (e) {
      // Half a statement is no statement: nothing is saved.
      mine.error = e.name === 'AbortError' ? null : e;
      if (!mine.error) {
        download = null;
      }
    }
    draw();
  }

  function offer(file) {
    const link = Object.assign(document.createElement('a'), {
      href: URL.createObjectURL(file),
      download: 'statement-' + account.id.replace(/[^a-z0-9_.-]/g, '-') + '.csv',
    });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  function saving() {
    if (download?.error) {
      return problem({...download.error, title: 'The statement was not saved', message: download.error.message, status: download.error.status, code: download.error.code}, save);
    }
    return download
        ? html`<span class="saving"><span class="spinner" aria-hidden="true"></span>${number(download.lines)} entries…</span><button type="button" class="button small" @click=${() => download.controller.abort()}>Stop</button>`
        : html`<button type="button" class="button small" data-testid="statement-csv" @click=${save}>Download CSV</button>`;
  }

  function view() {
    if (!account) {
      return html`<p class="back"><a href=${href('accounts')}>Accounts</a></p>${error ? html`<h1>Account</h1>${problem(error, load)}` : loading()}`;
    }
    const {posted, pending_out, pending_in, available} = account.balances;
    const {currency} = account;
    return html`<p class="back"><a href=${href('accounts')}>Accounts</a></p>
      <div class="page-head"><h1>${account.id}</h1>${accountBadge(account.status)}<span class="page-head-id">${copyable(account.id)}</span></div>
      ${error ? problem(error, load) : nothing}
      <section class="tiles" aria-label="Balances">
        ${tile({label: 'Available', value: account.kind === 'external' ? 'unlimited' : amount(available, currency), unit: account.kind === 'external' ? null : currency, note: account.overdraft_limit ? html`with an overdraft of ${money(account.overdraft_limit, currency)}` : nothing})}
        ${tile({label: 'Posted', value: amount(posted, currency), unit: currency, note: 'moved for good'})}
        ${tile({label: 'Pending out', value: amount(pending_out, currency), unit: currency, note: 'on hold for others', href: may('payments:read') ? href('payments', '', {payer: id, status: 'authorized,in_review'}) : null})}
        ${tile({label: 'Pending in', value: amount(pending_in, currency), unit: currency, note: 'on hold for it', href: may('payments:read') ? href('payments', '', {payee: id, status: 'authorized,in_review'}) : null})}
      </section>
      <section class="card">${facts([
        ['Name', account.name], ['Kind', words(account.kind)], ['Currency', currency], ['Opened', when(account.created_at)],
        may('payments:read') ? ['Payments', html`<a href=${href('payments', '', {payer: id})}>from it</a> · <a href=${href('payments', '', {payee: id})}>to it</a>`] : null,
        ...Object.entries(account.metadata ?? {}),
      ])}</section>
      <section class="card flush"><div class="card-head"><h2>Statement</h2><span class="card-actions">${saving()}</span></div>
        ${entriesError ? problem(entriesError, loadEntries) : !entries ? loading() : entries.data.length === 0 ? empty('No entries', 'No money has moved here yet.')
          : table({caption: 'Statement, newest first', rows: entries.data, testid: 'statement', columns: [
            {head: 'At', wide: true, cell: (one) => when(one.created_at)},
            {head: 'Reference', cell: (one) => html`<span class="clip" title=${one.reference ?? nothing}>${one.reference ?? html`<span class="quiet">–</span>`}</span>`},
            {head: 'Payment', cell: (one) => (one.payment_id ? may('payments:read') ? html`<a href=${href('payments', one.payment_id)}><code>…${one.payment_id.slice(-8)}</code></a>` : html`<code>…${one.payment_id.slice(-8)}</code>` : html`<span class="quiet">transfer</span>`)},
            {head: 'Amount', number: true, cell: (one) => html`<span class=${one.amount < 0 ? 'out' : 'in'}>${money(one.amount, currency, {signed: true})}</span>`},
            {head: 'Balance', number: true, cell: (one) => money(one.balance_after, currency)},
          ]})}</section>
      ${entries?.data.length ? html`<div class="below">${pager(entries, cursor ? href('accounts', id) : null, href('accounts', id, {cursor: entries.next_cursor}))}</div>` : nothing}`;
  }

  return {view, update(now) { cursor = now.query.get('cursor'); loadEntries(); }};
}
