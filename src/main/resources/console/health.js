// What /v1/status says, asked every second while somebody looks.
import {badge, html, meter, nothing} from './ui.js';
import {get, pause} from './api.js';
import {number, percent, words} from './format.js';

const EVERY_MS = 1000;

/**
 * Follows the status until the signal aborts.
 *
 * @param on called with ({status}) or, when it cannot be had, ({error}) each time
 */
export async function followStatus(on, signal) {
  while (!signal.aborted) {
    let wait = EVERY_MS;
    if (document.visibilityState === 'visible') {
      try {
        on({status: await get('/v1/status', null, signal)});
      } catch (e) {
        if (signal.aborted) {
          return;
        }
        on({error: e});
        wait = Math.max(wait, e.retryAfter * 1000, e.status === 404 ? 10000 : 0);
      }
    }
    await pause(wait, signal);
  }
}

const BREAKERS = {
  closed: {kind: 'good', text: 'Closed', says: 'calls go through'},
  open: {kind: 'bad', text: 'Open', says: 'calls are refused at once'},
  half_open: {kind: 'wait', text: 'Half open', says: 'a few calls try'},
};

/** The circuit breakers, each as a switch that is closed or open. */
export function breakers(list) {
  return html`<ul class="breakers">${list.map((one) => {
    const {kind, text, says} = BREAKERS[one.state] ?? {kind: 'over', text: words(one.state), says: ''};
    return html`<li class="breaker ${kind}" data-testid="breaker" data-name=${one.name} data-state=${one.state}>
      <svg class="switch" viewBox="0 0 64 24" aria-hidden="true"><path class="wire" d="M2 16h16M46 16h16"/><circle cx="20" cy="16" r="2.5"/><circle cx="44" cy="16" r="2.5"/><path class="arm" d=${one.state === 'closed' ? 'M20 16h24' : one.state === 'half_open' ? 'M20 16 43 9' : 'M20 16 38 2'}></path></svg>
      <span class="breaker-name">${words(one.name)}</span>${badge(one.state, {kind, text})}
      <span class="quiet">${says}${one.failure_rate == null || one.failure_rate < 0 ? nothing : html` · ${percent(one.failure_rate > 1 ? one.failure_rate / 100 : one.failure_rate)} failed`}</span></li>`;
  })}</ul>`;
}

/** How full a queue is, and how busy its workers. */
export function fullness(pool) {
  return meter(pool.capacity ? pool.depth / pool.capacity : 0, number(pool.depth) + ' of ' + number(pool.capacity));
}
