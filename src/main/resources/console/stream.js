// A stream of server-sent events that comes back by itself.
import {pause} from './api.js';

/** The service sends something at least every 15 seconds. */
const SILENCE_MS = 20000;
const BACKOFF_MS = [500, 1000, 2000, 5000];

/**
 * Follows a stream until the signal aborts.
 *
 * @param on.frame(name, text) an event has come
 * @param on.heard() the service has sent something, if only that it is there
 * @param on.state(state, problem) "live"; "cut" (it is tried again); "refused" (what the service said, tried
 *     again, too, but seldom)
 */
export async function follow(path, on, signal) {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await read(path, (name, text) => {
        failures = 0;
        on.frame(name, text);
      }, () => on.state('live'), on.heard, signal);
      on.state('cut');
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      on.state(e.refused ? 'refused' : 'cut', e.refused);
    }
    const backoff = BACKOFF_MS[Math.min(failures++, BACKOFF_MS.length - 1)];
    await Promise.race([pause(backoff, signal), online(signal)]);
  }
}

/** Until the browser is on line again; never, if it is already. */
function online(signal) {
  return new Promise((resolve) =>
      window.addEventListener('online', resolve, {once: true, signal}));
}

async function read(path, onFrame, onOpen, onHeard, signal) {
  const connection = new AbortController();
  const stop = () => connection.abort();
  signal.addEventListener('abort', stop);
  window.addEventListener('offline', stop);
  let watch;
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(stop, SILENCE_MS);
  };
  heard();
  try {
    const response = await fetch(path, {
      headers: {Accept: 'text/event-stream'}, cache: 'no-store', signal: connection.signal,
    });
    if (!response.ok) {
      throw Object.assign(new Error('refused'), {refused: await refusal(response)});
    }
    onOpen();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = parser(onFrame);
    for (;;) {
      const {done, value} = await reader.read();
      if (done) {
        return;
      }
      heard();
      onHeard();
      parse(value);
    }
  } finally {
    clearTimeout(watch);
    signal.removeEventListener('abort', stop);
    window.removeEventListener('offline', stop);
    connection.abort();
  }
}

async function refusal(response) {
  const problem = await response.json().catch(() => ({}));
  return {status: response.status, code: problem.code, detail: problem.detail};
}

/** Takes a stream apart (HTML, 9.2.6), piece by piece. */
export function parser(onFrame) {
  let rest = '';
  let name = '';
  let data = [];
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === '') {
        if (data.length) {
          onFrame(name || 'message', data.join('\n'));
        }
        name = '';
        data = [];
      } else if (line.startsWith('data:')) {
        data.push(line.slice(line[5] === ' ' ? 6 : 5));
      } else if (line.startsWith('event:')) {
        name = line.slice(6).trim();
      }
    }
  };
}
