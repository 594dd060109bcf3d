// The parts that all pages are made of. Texts go into the page as texts: lit-html escapes whatever it is given.
import {html, nothing} from './vendor/lit-html.js';
import {repeat} from './vendor/directives/repeat.js';
import {live} from './vendor/directives/live.js';
import {amount, time, utcTime, words} from './format.js';

export {html, nothing, repeat, live};

/** Which statuses are good, waiting, bad or over, and the shape that says so without colour. */
const KINDS = {
  good: ['succeeded', 'completed', 'delivered', 'ok', 'closed', 'open_account', 'enabled', 'approve', 'ready', 'done'],
  wait: ['authorized', 'in_review', 'processing', 'pending', 'half_open', 'review', 'partial', 'frozen', 'unknown',
    'timed_out', 'not_started'],
  bad: ['declined', 'failed', 'dead', 'open', 'decline', 'short_circuited', 'orphans', 'not_ready'],
  over: ['canceled', 'expired', 'disabled', 'cancelled', 'ended'],
};

const SHAPES = {
  good: html`<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="7"/><path class="cut" d="m4.7 8.2 2.3 2.3 4.4-4.9"/></svg>`,
  wait: html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 1a7 7 0 0 1 0 14z"/><circle class="line" cx="8" cy="8" r="6.2"/></svg>`,
  bad: html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5 .9h6L15.1 5v6L11 15.1H5L.9 11V5z"/><path class="cut" d="m5.5 5.5 5 5m0-5-5 5"/></svg>`,
  over: html`<svg viewBox="0 0 16 16" aria-hidden="true"><circle class="line" cx="8" cy="8" r="6.2"/><path class="line" d="M4.6 8h6.8"/></svg>`,
};

export function kindOf(status) {
  return Object.keys(KINDS).find((kind) => KINDS[kind].includes(status)) ?? 'over';
}

/** A status: a word with a shape. */
export function badge(status, {kind = kindOf(status), text = words(status), testid} = {}) {
  return html`<span class="badge ${kind}" data-testid=${testid ?? nothing} data-status=${status}>${SHAPES[kind]}<span>${text}</span></span>`;
}

export function money(minor, currency, {signed = false} = {}) {
  if (minor == null) {
    return html`<span class="quiet">–</span>`;
  }
  const text = (signed && minor > 0 ? '+' : '') + amount(minor, currency);
  return html`<span class="money">${text}<span class="currency"> ${currency}</span></span>`;
}

/** A time of the reader's, with UTC for whoever points at it. */
export function when(iso) {
  return iso
      ? html`<time datetime=${iso} title=${utcTime(iso)}>${time(iso)}</time>`
      : html`<span class="quiet">–</span>`;
}

/** An id that is copied by a press. */
export function copyable(id, {short = false} = {}) {
  const shown = short && id.length > 16 ? id.slice(0, id.indexOf('_') + 1) + '…' + id.slice(-8) : id;
  return html`<span class="id"><code title=${short ? id : nothing}>${shown}</code><button type="button" class="icon-button copy" aria-label="Copy ${id}" title="Copy" @click=${(e) => copy(id, e.currentTarget)}><svg viewBox="0 0 16 16" aria-hidden="true"><rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"/></svg></button></span>`;
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without TLS there is no clipboard but this one.
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'visually-hidden';
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
    button.focus();
  }
  button.classList.add('done');
  say('Copied.');
  setTimeout(() => button.classList.remove('done'), 1200);
}

/** Tells screen readers, once. */
export function say(text) {
  const region = document.getElementById('said');
  if (region) {
    region.textContent = '';
    setTimeout(() => { region.textContent = text; }, 50);
  }
}

export const loading = (what = 'Loading') => html`<p class="loading" role="status"><span class="spinner" aria-hidden="true"></span>${what}…</p>`;

export function empty(title, text, more = nothing) {
  return html`<div class="empty"><svg viewBox="0 0 48 48" aria-hidden="true"><rect x="9" y="6" width="30" height="36" rx="4"/><path d="M16 16h16M16 24h16M16 32h9"/></svg><h2>${title}</h2><p>${text}</p>${more}</div>`;
}

/** What went wrong, in the error's own words. */
export function problem(error, retry) {
  return html`<div class="problem" role="alert">
    <div><strong>${error.title ?? 'Something went wrong'}</strong>
      <p>${error.message}</p>
      ${error.errors?.length > 1 ? html`<ul>${error.errors.map((one) => html`<li>${one.detail}</li>`)}</ul>` : nothing}
      <p class="quiet">${error.status ? html`<code>${error.status} ${error.code}</code>` : html`<code>${error.code ?? 'error'}</code>`}${outcome(error)}${error.requestId ? html` · request <code>${error.requestId}</code>` : nothing}</p></div>
    ${retry ? html`<button type="button" class="button" @click=${retry}>Try again</button>` : nothing}
  </div>`;
}

function outcome(error) {
  switch (error.outcome) {
    case 'none': return ' · nothing has changed';
    case 'applied': return ' · it was applied';
    case 'unknown': return ' · not known yet whether it was applied';
    default: return nothing;
  }
}

/**
 * A table that becomes a list of cards where there is no room.
 *
 * @param columns [{head, cell(row), number (aligned right), wide}]
 * @param row attributes of a row: {testid, id, name, href}
 */
export function table({caption, columns, rows, row = () => ({}), testid}) {
  // What may scroll and holds no link must be reached by the keyboard itself.
  const still = !rows.some((one) => row(one).href);
  return html`<div class="table-frame" tabindex=${still ? 0 : nothing} role=${still ? 'region' : nothing} aria-label=${still ? caption : nothing}><table role="table" data-testid=${testid ?? nothing}>
    <caption class="visually-hidden">${caption}</caption>
    <thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th role="columnheader" scope="col" class=${column.number ? 'number' : ''}>${column.head}</th>`)}</tr></thead>
    <tbody role="rowgroup">${rows.map((one) => {
      const {testid: mark, id, name, href} = row(one);
      return html`<tr role="row" class=${href ? 'linked' : ''} data-testid=${mark ?? nothing} data-id=${id ?? nothing} data-name=${name ?? nothing} @click=${href ? (e) => openRow(e, href) : nothing}>
        ${columns.map((column) => html`<td role="cell" data-head=${column.head} class=${(column.number ? 'number ' : '') + (column.wide ? 'wide' : '')}>${column.cell(one)}</td>`)}</tr>`;
    })}</tbody></table></div>`;
}

/** A press anywhere on a row follows its link, unless something else was meant. */
function openRow(event, href) {
  if (!event.target.closest('a, button, input, summary') && !String(getSelection())) {
    location.hash = href;
  }
}

/** Newer and older: links, so that they can be shared and opened elsewhere. */
export function pager(page, newest, older) {
  return html`<nav class="pager" aria-label="Pages">
    ${newest ? html`<a class="button" href=${newest}>Newest</a>` : html`<span class="button" aria-disabled="true">Newest</span>`}
    ${page.has_more ? html`<a class="button" rel="next" data-testid="page-older" href=${older}>Older</a>` : html`<span class="button" aria-disabled="true">Older</span>`}
  </nav>`;
}

/** A label and what it stands for, one under the other. */
export function facts(pairs) {
  return html`<dl class="facts">${pairs.filter(Boolean).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value ?? html`<span class="quiet">–</span>`}</dd></div>`)}</dl>`;
}

export function tile({label, value, unit, note, href, testid, kind = ''}) {
  const inside = html`<span class="tile-label">${label}</span>
    <span class="tile-value ${kind}"><span data-testid=${testid ?? nothing}>${value}</span>${unit ? html`<span class="unit"> ${unit}</span>` : nothing}</span>
    <span class="tile-note">${note ?? nothing}</span>`;
  return href ? html`<a class="tile" href=${href}>${inside}</a>` : html`<div class="tile">${inside}</div>`;
}

/** How full something is, with the mark at 80 % where it gets too full. */
export function meter(share, text, {calm = false} = {}) {
  const level = calm ? '' : share >= 0.8 ? 'full' : share >= 0.6 ? 'high' : '';
  return html`<span class="meter ${level}"><span class="meter-track" aria-hidden="true"><span class="meter-fill" .style=${`width:${Math.min(100, share * 100)}%`}></span><span class="meter-mark"></span></span><span>${text}</span></span>`;
}
