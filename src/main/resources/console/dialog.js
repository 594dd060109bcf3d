// Asks before something is done, does it, and says what became of it.
import {html, nothing, problem, say} from './ui.js';
import {render} from './vendor/lit-html.js';

/**
 * Asks; resolves with what run() resolved with, or with undefined when nothing was done.
 *
 * @param run does it. It may be called again after a failure, so a key of idempotency is made before.
 */
export function confirm({title, text, verb, danger = false, run}) {
  return new Promise((resolve) => {
    const dialog = document.createElement('dialog');
    dialog.className = 'dialog';
    dialog.setAttribute('aria-labelledby', 'dialog-title');
    document.body.append(dialog);
    const before = document.activeElement;
    let running = false;
    let error = null;
    let result;

    async function go() {
      running = true;
      error = null;
      draw();
      try {
        result = await run();
        say('Done.');
        dialog.close();
      } catch (e) {
        error = e;
        running = false;
        draw();
      }
    }

    function draw() {
      const again = error === null || error.retryable || error.status === 0;
      render(html`<form method="dialog" @submit=${(e) => e.preventDefault()}>
        <h2 id="dialog-title">${title}</h2>
        <div class="dialog-text">${text}</div>
        ${error ? problem(error) : nothing}
        <div class="dialog-buttons">
          <button type="button" class="button" ?disabled=${running} @click=${() => dialog.close()}>${error ? 'Close' : 'Back'}</button>
          ${again ? html`<button type="button" autofocus class="button ${danger ? 'danger' : 'primary'}" data-testid="confirm" ?disabled=${running} @click=${go}>${running ? 'Working…' : error ? 'Try again' : verb}</button>` : nothing}
        </div></form>`, dialog);
    }

    dialog.addEventListener('cancel', (e) => {
      if (running) {
        e.preventDefault();
      }
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      if (before?.isConnected) {
        before.focus();
      }
      resolve(result);
    });
    // Another page, by the browser's own buttons, leaves the question behind.
    window.addEventListener('hashchange', () => dialog.open && dialog.close(), {once: true});
    draw();
    dialog.showModal();
  });
}
