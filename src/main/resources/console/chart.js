// A chart of lines over time, with a table that says the same.
import {html, nothing} from './ui.js';
import {render} from './vendor/lit-html.js';
import {clockTime, utcTime} from './format.js';

const base = new URL('.', import.meta.url).pathname;
let loaded;

/** uPlot, when it is first needed. */
function library() {
  loaded ??= new Promise((resolve, reject) => {
    const style = Object.assign(document.createElement('link'), {rel: 'stylesheet', href: base + 'vendor/uPlot.css'});
    const script = Object.assign(document.createElement('script'), {src: base + 'vendor/uPlot.js'});
    script.onload = () => resolve(globalThis.uPlot);
    script.onerror = () => {
      loaded = undefined;
      reject(new Error('the chart library cannot be loaded'));
    };
    document.head.append(style, script);
  });
  return loaded;
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/**
 * <line-chart>: its properties are `label`, `series` ([{label, color (a variable of the style), format}]) and
 * `points` ([[seconds since 1970, …], [values], …], as many arrays as series and one).
 */
class LineChart extends HTMLElement {
  #plot = null;
  #points = [[]];
  #frame = document.createElement('div');
  #twin = document.createElement('div');
  #resize = new ResizeObserver(() => this.#fit());
  #repaint = () => this.#build();
  label = '';
  series = [];

  set points(points) {
    this.#points = points;
    this.#plot?.setData(points);
    this.#drawTwin();
  }

  connectedCallback() {
    this.#frame.className = 'chart-frame';
    this.#frame.setAttribute('role', 'img');
    this.#frame.setAttribute('aria-label', this.label + ': the table below says the same.');
    this.append(this.#frame, this.#twin);
    this.#resize.observe(this.#frame);
    dark.addEventListener('change', this.#repaint);
    this.#build();
    this.#drawTwin();
  }

  disconnectedCallback() {
    this.#resize.disconnect();
    dark.removeEventListener('change', this.#repaint);
    this.#plot?.destroy();
    this.#plot = null;
    this.replaceChildren();
  }

  async #build() {
    const Plot = await library().catch(() => null);
    if (!Plot || !this.isConnected) {
      return;
    }
    this.#plot?.destroy();
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color('--ink-2'),
      grid: {stroke: color('--line'), width: 1},
      ticks: {show: false},
      font: '12px ' + style.fontFamily,
    };
    this.#plot = new Plot({
      ...this.#size(),
      legend: {show: false},
      cursor: {y: false, points: {size: 7}, drag: {setScale: false}},
      scales: {x: {time: true}, y: {range: (plot, min, max) => [0, Math.max(1, (max ?? 0) * 1.15)]}},
      axes: [
        {...axis, space: 70, size: 30, values: (plot, splits) => splits.map((s) => clockTime(s * 1000))},
        {...axis, size: 56, values: (plot, splits) => splits.map((v) => (v == null ? '' : this.series[0].format(v)))},
      ],
      series: [{}, ...this.series.map((one) => ({
        label: one.label,
        stroke: color(one.color),
        fill: one.fill ? color(one.fill) : undefined,
        width: 2,
        spanGaps: false,
        points: {show: false},
      }))],
    }, this.#points, this.#frame);
  }

  #size() {
    return {width: Math.max(200, this.#frame.clientWidth), height: 190};
  }

  #fit() {
    if (this.#plot && Math.abs(this.#plot.width - this.#size().width) > 1) {
      this.#plot.setSize(this.#size());
    }
  }

  #drawTwin() {
    if (!this.isConnected) {
      return;
    }
    const open = this.#twin.querySelector('details')?.open;
    const [times, ...values] = this.#points;
    render(html`<details class="twin" @toggle=${(e) => e.target.open && this.#drawTwin()}><summary>As a table</summary>
      ${open ? html`<div class="table-frame short" tabindex="0" role="region" aria-label=${this.label}><table>
        <caption class="visually-hidden">${this.label}</caption>
        <thead><tr><th scope="col">Time</th>${this.series.map((one) => html`<th scope="col" class="number">${one.label}</th>`)}</tr></thead>
        <tbody>${times.map((_, i) => times.length - 1 - i).map((i) => html`<tr><td><time title=${utcTime(times[i] * 1000)}>${clockTime(times[i] * 1000)}</time></td>${values.map((column, s) => html`<td class="number">${column[i] == null ? '–' : this.series[s].format(column[i])}</td>`)}</tr>`)}</tbody></table></div>` : nothing}
    </details>`, this.#twin);
  }
}

customElements.define('line-chart', LineChart);
