// A payment's scopes and subtasks, drawn to scale against the deadline.
import {badge, html, nothing, when} from './ui.js';
import {duration, number, words} from './format.js';

/** When less of the deadline than this was used, the work is drawn larger, beneath the deadline as a whole. */
const ZOOM_BELOW = 0.25;

export function timeline(body) {
  return html`<div class="timeline" data-testid="timeline">
    ${body.scopes.length === 0 ? html`<p class="quiet">No scope has been recorded for this payment yet.</p>` : body.scopes.map(scope)}</div>`;
}

function scope(one) {
  const end = Math.max(0.1, ...one.subtasks.map((subtask) => subtask.end_ms));
  const deadline = one.deadline_ms;
  const late = end > deadline;
  const whole = Math.max(end, deadline);
  const zoomed = end < deadline * ZOOM_BELOW;
  const scale = zoomed ? end : whole;
  return html`<section class="scope" aria-label="Scope ${one.name}">
    <header><h3>${words(one.name)}</h3>${badge(one.result)}<span class="quiet">${when(one.opened_at)}</span>
      <span class="scope-sum">${duration(end)} of ${duration(deadline)}</span></header>
    <div class="budget" role="img" aria-label="${duration(end)} of the deadline of ${duration(deadline)} were used"><span class=${'budget-used ' + (late ? 'late' : '')} .style=${`width:${Math.min(100, 100 * end / whole)}%`}></span>
      <span class="budget-deadline" .style=${`left:${100 * deadline / whole}%`}></span></div>
    <div class="axis" aria-hidden="true"><span>0</span><span>${zoomed ? 'enlarged ' + number(Math.round(deadline / end)) + ' times' : nothing}</span><span>${zoomed ? nothing : late ? 'end ' : 'deadline '}${duration(scale)}</span></div>
    <ol class="bars">${one.subtasks.map((subtask) => bar(subtask, scale, zoomed ? null : deadline))}</ol>
    <p class="quiet scope-note">${number(one.forked)} forked, ${number(one.joined)} joined, ${one.survivors === 0 ? 'none left behind' : html`<strong>${number(one.survivors)} left behind</strong>`}${late ? html` · <strong class="bad-text">${duration(end - deadline)} late</strong>` : nothing}</p>
  </section>`;
}

function bar(subtask, scale, deadline) {
  const left = 100 * subtask.start_ms / scale;
  const width = Math.max(0.4, 100 * (subtask.end_ms - subtask.start_ms) / scale);
  const breaker = subtask.breaker;
  const span = `${duration(subtask.end_ms - subtask.start_ms)}, from ${duration(subtask.start_ms)} to ${duration(subtask.end_ms)}`;
  return html`<li>
    <span class="bar-name">${words(subtask.name)}</span>
    <span class="bar-track">
      <span class=${'bar r-' + subtask.result} data-testid="timeline-bar" data-subtask=${subtask.name} data-result=${subtask.result} title=${span} .style=${`left:${Math.min(99.4, left)}%;width:${Math.min(width, 100 - Math.min(99.4, left))}%`}></span>
      ${deadline == null ? nothing : html`<span class="bar-deadline" title="Deadline" .style=${`left:${Math.min(100, 100 * deadline / scale)}%`}></span>`}
    </span>
    <span class="bar-facts">${badge(subtask.result)}<span class="bar-time">${duration(subtask.end_ms - subtask.start_ms)}</span></span>
    <span class="bar-more quiet">${subtask.code ? words(subtask.code) + ' · ' : ''}started at ${duration(subtask.start_ms)} with ${duration(subtask.budget_ms)} left${breaker ? html` · breaker <span class=${breaker === 'closed' ? '' : 'bad-text'}>${words(breaker).toLowerCase()}</span>` : nothing}</span>
  </li>`;
}
