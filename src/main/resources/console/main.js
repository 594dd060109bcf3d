// Signs in, finds the page that the address bar names, and draws it.
import {html, nothing, loading, problem} from './ui.js';
import {render} from './vendor/lit-html.js';
import {send, sessionEnd} from './api.js';
import {href, parse} from './router.js';

const PAGES = [
  {name: 'live', title: 'Live', scope: 'analytics:read', load: () => import('./pages/live.js')},
  {name: 'payments', title: 'Payments', scope: 'payments:read', load: () => import('./pages/payments.js'),
    one: () => import('./pages/payment.js')},
  {name: 'accounts', title: 'Accounts', scope: 'ledger:read', load: () => import('./pages/accounts.js'),
    one: () => import('./pages/account.js')},
  {name: 'batches', title: 'Batches', scope: 'payments:read', load: () => import('./pages/batches.js'),
    one: () => import('./pages/batch.js')},
  {name: 'webhooks', title: 'Webhooks', scope: 'webhooks:read', load: () => import('./pages/webhooks.js'),
    one: () => import('./pages/webhook.js')},
  {name: 'health', title: 'Health', scope: 'analytics:read', load: () => import('./pages/health.js')},
  {name: 'playground', title: 'Playground', scope: 'payments:write', sandbox: true,
    load: () => import('./pages/playground.js')},
];

const root = document.getElementById('app');
root.replaceChildren();
let session = null;
let notice = null;
let current = null;
let drawing = false;

function draw() {
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      document.body.classList.toggle('signed-in', session !== null);
      render(session ? shell() : login(), root);
      showWhereWeAre();
      focusOnHeading();
    });
  }
}

const may = (scope) => session.scopes.includes(scope)
    || (scope === 'fraud:read' && session.scopes.includes('fraud:write'))
    || (scope === 'keys:read' && session.scopes.includes('keys:write'));

const offered = () => PAGES.filter((page) => may(page.scope) && (!page.sandbox || session.sandbox));

// The session

async function signIn(event) {
  event.preventDefault();
  const field = event.target.elements.key;
  const key = field.value.trim();
  notice = {busy: true};
  draw();
  try {
    await send('POST', '/console/session', {body: {key}});
    field.value = '';
    await begin();
  } catch (e) {
    notice = {error: e};
    draw();
    field.focus();
  }
}

async function begin() {
  session = (await send('GET', '/console/session')).body;
  notice = null;
  if (session) {
    open();
  }
  draw();
}

async function signOut() {
  try {
    await send('DELETE', '/console/session');
  } catch (e) {
    notice = {error: e};
  }
  leave();
  session = null;
  history.replaceState(null, '', location.pathname);
  draw();
}

sessionEnd.addEventListener('end', () => {
  if (session) {
    leave();
    session = null;
    notice = {text: 'Your session has ended. Sign in again to go on where you were.'};
    draw();
  }
});

function login() {
  document.title = 'Sign in · Quittance';
  return html`<main class="login">
    <form class="login-card" @submit=${signIn}>
      <div class="brand large">${mark()}<span>Quittance</span></div>
      <h1>Console</h1>
      <p>See payments, deadlines and the health of the service. Sign in with an API key; it stays in this browser's
        session for eight hours, and ends with the key.</p>
      ${notice?.text ? html`<p class="note" role="status">${notice.text}</p>` : nothing}
      <label for="key">API key</label>
      <input id="key" name="key" type="password" required autocomplete="off" autocapitalize="none" spellcheck="false" autofocus data-testid="login-key" aria-describedby="key-hint">
      <p class="hint" id="key-hint">The sandbox prints its key when it starts.</p>
      ${notice?.error ? problem(notice.error) : nothing}
      <button class="button primary block" data-testid="login-submit" ?disabled=${notice?.busy}>${notice?.busy ? 'Signing in…' : 'Sign in'}</button>
    </form></main>`;
}

// The page

/** Leaves the page: what it has running ends. */
function leave() {
  current?.controller.abort();
  current = null;
}

async function open() {
  const route = parse(location.hash);
  const page = PAGES.find((one) => one.name === route.name);
  if (!page) {
    const first = offered()[0];
    location.replace(first ? href(first.name) : '#/none');
    if (!first) {
      leave();
      current = {controller: new AbortController(), view: () => html`<h1>Nothing to see</h1><p>This key may read nothing that the console shows.</p>`};
      draw();
    }
    return;
  }
  if (current?.page === page && current.id === route.id && current.update) {
    current.update(route);
    draw();
    return;
  }
  moving = current !== null;
  leave();
  const opened = {page, id: route.id, controller: new AbortController(), view: () => loading()};
  current = opened;
  scrollTo(0, 0);
  draw();
  if (!may(page.scope) || (page.sandbox && !session.sandbox)) {
    opened.view = () => refused(page);
    draw();
    return;
  }
  try {
    const module = await (route.id && page.one ? page.one() : page.load());
    if (current === opened) {
      Object.assign(opened, module.page({route, session, may, draw, signal: opened.controller.signal}), {ready: true});
      document.title = page.title + ' · Quittance';
      draw();
    }
  } catch (e) {
    opened.view = () => problem(e, () => location.reload());
    draw();
  }
}

let moving = false;
let shownInMenu = null;

/** On narrow screens the menu scrolls sideways: the page's own entry is to be seen. */
function showWhereWeAre() {
  if (shownInMenu !== current?.page) {
    shownInMenu = current?.page;
    const entry = root.querySelector('nav [aria-current]');
    const menu = entry?.closest('nav');
    // Not scrollIntoView, from which Tab would go on.
    menu?.scrollTo({left: entry.offsetLeft - menu.offsetLeft - (menu.clientWidth - entry.offsetWidth) / 2});
  }
}

/** After a move the reader begins at the new page's heading, as soon as there is one. */
function focusOnHeading() {
  const heading = moving ? root.querySelector('main h1') : null;
  if (heading && current?.ready) {
    moving = false;
    if (!root.querySelector('main :focus')) {
      heading.tabIndex = -1;
      heading.focus({preventScroll: true});
    }
  }
}

function refused(page) {
  return html`<h1>${page.title}</h1>${problem({
    title: 'This key may not see that',
    message: page.sandbox && !session.sandbox
        ? 'There is a playground in the sandbox only.'
        : 'This page needs a key with the scope ' + page.scope + '.',
    code: 'insufficient_scope',
  })}`;
}

function mark() {
  return html`<svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8"/><path class="ring" d="M22.6 19.4a7.6 7.6 0 1 1 .9-3.6"/><path class="tick" d="m12.6 16 3 3 8.6-9"/></svg>`;
}

function shell() {
  return html`<a class="skip" href="#main" @click=${skip}>Skip to the content</a>
    <header class="side">
      <a class="brand" href=${href(offered()[0]?.name ?? 'none')} aria-label="Quittance console, start page">${mark()}<span>Quittance</span></a>
      <nav aria-label="Main"><ul>${offered().map((page) => html`<li><a href=${href(page.name)} aria-current=${current?.page === page ? 'page' : nothing}>${icon(page.name)}<span>${page.title}</span></a></li>`)}</ul></nav>
      <div class="who"><span class="who-name">${session.merchant}</span>${session.sandbox ? html`<span class="pill">Sandbox</span>` : nothing}
        <button type="button" class="button quiet-button" data-testid="logout" @click=${signOut}>Sign out</button></div>
    </header>
    <main id="main" tabindex="-1">${current?.view() ?? nothing}</main>
    <div id="said" class="visually-hidden" role="status" aria-live="polite"></div>`;
}

function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

const ICONS = {
  live: 'M1.5 8.5h3l2-5 3 9 2-4h3',
  payments: 'M1.5 4.5h13v8h-13zM1.5 7.5h13M4 10.5h3',
  accounts: 'M2 6.5 8 2.5l6 4M3.5 7v5m3-5v5m3-5v5m3-5v5M2 13.5h12',
  batches: 'M2 5l6-3 6 3-6 3zM2 8l6 3 6-3M2 11l6 3 6-3',
  webhooks: 'M8 5.5a2 2 0 1 0-1.6 2L4 11.5m4-6 2.3 4a2 2 0 1 1 .2 3M6 12h4M4 11a2 2 0 1 0 2 1',
  health: 'M8 13.5S2 10 2 5.9C2 3.2 5.6 2 8 4.8 10.4 2 14 3.2 14 5.9c0 4.1-6 7.6-6 7.6z',
  playground: 'M6 2v4L2.5 12.5a1 1 0 0 0 .9 1.5h9.2a1 1 0 0 0 .9-1.5L10 6V2M5 2h6M4.5 10h7',
};

const icon = (name) => html`<svg class="nav-icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${ICONS[name]}></path></svg>`;

window.addEventListener('hashchange', () => session && open());

begin().catch((e) => {
  notice = {error: e};
  draw();
});
