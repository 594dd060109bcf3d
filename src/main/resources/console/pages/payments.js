// The payments: searched by what the address bar says, page by page.
import {badge, empty, html, loading, money, nothing, pager, problem, table, when} from '../ui.js';
import {get} from '../api.js';
import {href} from '../router.js';
import {currencies, inputAmount, parseAmount, words} from '../format.js';

const STATUSES = ['succeeded', 'authorized', 'processing', 'in_review', 'declined', 'failed', 'canceled', 'expired'];
const SIZES = [20, 50, 100];
const ACCOUNT = '[a-z0-9][a-z0-9_.:\\-]{0,63}';

const PLACEHOLDERS = {amount_min: 'Amount from', amount_max: 'Amount to'};

/** What a search understands. */
const UNDERSTOOD = {
  status: (text) => text.split(',').every((one) => STATUSES.includes(one)),
  payer: (text) => new RegExp('^' + ACCOUNT + '$').test(text),
  payee: (text) => new RegExp('^' + ACCOUNT + '$').test(text),
  reference: (text) => [...text].length <= 255,
  currency: (text) => currencies.includes(text),
  created_from: isTime,
  created_to: isTime,
  amount_min: isAmount,
  amount_max: isAmount,
  batch_id: (text) => /^bat_[0-9a-hjkmnp-tv-z]{26}$/.test(text),
};

function isTime(text) {
  return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
}

function isAmount(text) {
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) && Number(text) > 0;
}

/** A table of payments. */
export function paymentTable(payments, caption, {testids = true} = {}) {
  return table({
    caption,
    testid: testids ? 'payments-table' : null,
    rows: payments,
    row: (one) => ({testid: testids ? 'payment-row' : null, id: one.id, href: href('payments', one.id)}),
    columns: [
      {head: 'Payment', wide: true, cell: (one) => html`<a href=${href('payments', one.id)} aria-label="Payment ${one.id}"><code>${one.id.slice(0, 4)}…${one.id.slice(-8)}</code></a>`},
      {head: 'Status', cell: (one) => html`<span class="stack">${badge(one.status)}${one.failure ? html`<span class="reason" title=${one.failure.detail}>${words(one.failure.code)}</span>` : nothing}</span>`},
      {head: 'Amount', number: true, cell: (one) => html`<span class="stack end">${money(one.amount, one.currency)}${one.amount_refunded ? html`<span class="reason">${money(one.amount_refunded, one.currency)} refunded</span>` : nothing}</span>`},
      {head: 'From', cell: (one) => one.payer},
      {head: 'To', cell: (one) => one.payee},
      {head: 'Reference', cell: (one) => html`<span class="clip" title=${one.reference ?? nothing}>${one.reference ?? html`<span class="quiet">–</span>`}</span>`},
      {head: 'Created', number: true, cell: (one) => when(one.created_at)},
    ],
  });
}

export function page({route, draw, signal}) {
  let filters;
  let cursor;
  let size;
  let result = null;
  let error = null;
  let invalid = {};
  let leftOut;
  let said;
  let busy = false;
  let asked = 0;

  read(route);
  load();

  /** Takes what the address bar says, and leaves out what no search understands. */
  function read({query}) {
    said = query;
    filters = {};
    leftOut = [];
    for (const [name, understands] of Object.entries(UNDERSTOOD)) {
      const value = query.get(name)?.trim();
      if (value && understands(value)) {
        filters[name] = value;
      } else if (value) {
        leftOut.push(words(name) + ' “' + value + '”');
      }
    }
    cursor = query.get('cursor');
    size = SIZES.includes(Number(query.get('limit'))) ? Number(query.get('limit')) : 50;
    invalid = {};
  }

  async function load() {
    const mine = ++asked;
    busy = true;
    error = null;
    draw();
    try {
      const page = await get('/v1/payments', {...filters, cursor, limit: size}, signal);
      if (mine === asked) {
        result = page;
      }
    } catch (e) {
      if (signal.aborted || mine !== asked) {
        return;
      }
      if (e.code === 'invalid_cursor') {
        // Somebody changed the address by hand: begin at the newest.
        location.replace(href('payments', '', {...Object.fromEntries(said), cursor: null}));
        return;
      }
      error = e;
    }
    if (mine === asked) {
      busy = false;
      draw();
    }
  }

  function address(values, place) {
    return href('payments', '', {...values, limit: size === 50 ? null : size, cursor: place});
  }

  function apply(event) {
    event.preventDefault();
    const form = event.currentTarget.closest('form');
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
    invalid = {};
    const next = {status: values.status, payer: values.payer, payee: values.payee, reference: values.reference,
      currency: values.currency, batch_id: filters.batch_id};
    for (const name of ['payer', 'payee']) {
      if (values[name] && !UNDERSTOOD[name](values[name])) {
        invalid[name] = 'An account id has lower-case letters, digits and _ . : - only.';
      }
    }
    for (const name of ['amount_min', 'amount_max']) {
      if (!values[name] && !filters.currency) {
        next[name] = filters[name];
      } else if (values[name]) {
        try {
          if (!values.currency) {
            throw new Error('Choose a currency first: it says how many decimals there are.');
          }
          next[name] = parseAmount(values[name], values.currency);
        } catch (e) {
          invalid[name] = e.message;
        }
      }
    }
    for (const name of ['created_from', 'created_to']) {
      if (values[name]) {
        next[name] = keep(name, values[name]);
      }
    }
    if (Number(next.amount_min) > Number(next.amount_max)) {
      invalid.amount_max = 'This is less than the least amount.';
    }
    if (next.created_from && next.created_to && next.created_from > next.created_to) {
      invalid.created_to = 'This is before the beginning.';
    }
    if (Object.keys(invalid).length) {
      draw();
      requestAnimationFrame(() => form.querySelector('[aria-invalid=true]')?.focus());
    } else if (location.hash === address(next)) {
      load();
    } else {
      location.hash = address(next);
    }
  }

  /** The instant that was in the address already, if the field still shows it: fields know no milliseconds. */
  function keep(name, local) {
    return filters[name] && Date.parse(localTime(filters[name])) === Date.parse(local) ? filters[name] : new Date(local).toISOString();
  }

  const active = () => Object.keys(filters).length;

  function view() {
    return html`<div class="page-head"><h1>Payments</h1>${busy && result ? html`<span class="loading inline"><span class="spinner" aria-hidden="true"></span></span>` : nothing}</div>
      ${form()}
      ${leftOut.length ? html`<p class="note" role="status">Not searched for, because no search understands it: ${leftOut.join(', ')}.</p>` : nothing}
      ${error ? problem(error, load) : !result ? loading() : result.data.length === 0 ? none()
        : html`<div class=${'card flush' + (busy ? ' dim' : '')} aria-busy=${busy}>${paymentTable(result.data, 'Payments, newest first')}</div>
          <div class="below"><label class="inline-field">Per page <select @change=${(e) => { size = Number(e.target.value); location.hash = address(filters); }}>${SIZES.map((one) => html`<option .selected=${one === size} value=${one}>${one}</option>`)}</select></label>
          ${pager(result, cursor ? address(filters) : null, address(filters, result.next_cursor))}</div>`}`;
  }

  function none() {
    return cursor
        ? empty('Nothing older', 'There are no more payments.', html`<a class="button" href=${address(filters)}>Newest</a>`)
        : active() ? empty('No payment meets these filters', 'Take one away, or begin anew.', html`<a class="button" href=${address({})}>Clear the filters</a>`)
        : empty('No payments yet', 'They appear here as soon as some are made.');
  }

  function field(name, label, input) {
    return html`<div class="field"><label for="f-${name}">${label}</label>${input}
      ${invalid[name] ? html`<p class="field-error" id="e-${name}">${invalid[name]}</p>` : nothing}</div>`;
  }

  function text(name, label, value, more = {}) {
    return field(name, label, html`<input id="f-${name}" name=${name} .value=${value ?? ''} type=${more.type ?? 'text'} inputmode=${more.inputmode ?? nothing} step=${more.step ?? nothing} maxlength=${more.maxlength ?? nothing} placeholder=${more.placeholder ?? nothing} autocomplete="off" spellcheck="false" aria-invalid=${invalid[name] ? 'true' : nothing} aria-describedby=${invalid[name] ? 'e-' + name : nothing}>`);
  }

  function form() {
    const several = filters.status?.includes(',');
    const shown = (minor) => (minor && filters.currency && /^\d+$/.test(minor) ? inputAmount(minor, filters.currency) : '');
    return html`<form class="filters card" @submit=${apply} role="search" aria-label="Payments">
      ${field('status', 'Status', html`<select id="f-status" name="status" data-testid="filter-status" @change=${apply}>
        <option value="" .selected=${!filters.status}>Any</option>
        ${several ? html`<option value=${filters.status} .selected=${true}>${filters.status.split(',').map(words).join(' or ')}</option>` : nothing}
        ${STATUSES.map((one) => html`<option value=${one} .selected=${filters.status === one}>${words(one)}</option>`)}</select>`)}
      ${text('payer', 'From account', filters.payer, {maxlength: 64})}
      ${text('payee', 'To account', filters.payee, {maxlength: 64})}
      ${text('reference', 'Reference', filters.reference, {maxlength: 255})}
      ${field('currency', 'Currency', html`<select id="f-currency" name="currency"><option value="" .selected=${!filters.currency}>Any</option>${currencies.map((one) => html`<option value=${one} .selected=${filters.currency === one}>${one}</option>`)}</select>`)}
      ${text('amount_min', 'Amount from', shown(filters.amount_min), {inputmode: 'decimal'})}
      ${text('amount_max', 'Amount to', shown(filters.amount_max), {inputmode: 'decimal'})}
      ${text('created_from', 'Created from', localTime(filters.created_from), {type: 'datetime-local', step: 1})}
      ${text('created_to', 'Created before', localTime(filters.created_to), {type: 'datetime-local', step: 1})}
      <div class="filter-buttons">
        ${filters.currency ? nothing : Object.entries(PLACEHOLDERS).map(([name, label]) => (filters[name] ? html`<span class="pill">${label} ${filters[name]} minor units</span>` : nothing))}
        ${filters.batch_id ? html`<span class="pill">In batch <code>…${filters.batch_id.slice(-8)}</code></span>` : nothing}
        <button class="button primary">Search</button>
        ${active() ? html`<a class="button" href=${address({})}>Clear</a>` : nothing}</div></form>`;
  }

  return {
    view,
    update(now) {
      read(now);
      load();
    },
  };
}

/** An instant as an input of type datetime-local has it. */
function localTime(iso) {
  const at = iso ? new Date(iso) : null;
  if (!at || Number.isNaN(at.getTime())) {
    return '';
  }
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}
