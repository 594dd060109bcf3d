// The API as the page uses it: by the session's cookie, which no script can read.

/** An answer that is not a success, in the API's own words; status 0: there was no answer. */
export class ApiError extends Error {
  constructor(status, problem, response) {
    super(problem.detail || problem.title || 'The service gave no reason.');
    this.status = status;
    this.code = problem.code || 'unknown_error';
    this.title = problem.title || 'The request failed';
    this.errors = problem.errors || [];
    this.requestId = problem.request_id || response?.headers.get('X-Request-Id') || null;
    this.paymentId = problem.payment_id || null;
    this.outcome = problem.outcome || null;
    this.resolvesBy = problem.resolves_by || null;
    this.retryable = problem.retryable ?? (status === 0 || status >= 500);
    this.retryAfter = Number(response?.headers.get('Retry-After')) || 0;
  }
}

/** Told when the session has ended. */
export const sessionEnd = new EventTarget();

const SAFE = new Set(['GET', 'HEAD']);

/**
 * Sends a request and reads its answer: {status, body, headers}.
 *
 * @param options body (JSON), headers, signal, cookie (false: without the session)
 * @throws ApiError for every answer that is not a success
 */
export async function send(method, path, options = {}) {
  const headers = new Headers({Accept: 'application/json', ...options.headers});
  if (!SAFE.has(method)) {
    headers.set('X-Quittance-Console', '1');
  }
  if (options.body !== undefined) {
    headers.set('Content-Type', 'application/json');
  }
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      credentials: options.cookie === false ? 'omit' : 'same-origin',
      cache: 'no-store',
      signal: options.signal,
    });
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    throw new ApiError(0, {
      code: 'unreachable',
      title: 'The service cannot be reached',
      detail: 'The service cannot be reached. Check the connection, and try again.',
    });
  }
  const body = await readJson(response);
  if (response.ok) {
    return {status: response.status, body, headers: response.headers};
  }
  if (response.status === 401 && options.cookie !== false && !path.startsWith('/console/')) {
    sessionEnd.dispatchEvent(new Event('end'));
  }
  throw new ApiError(response.status, body || {title: 'HTTP ' + response.status}, response);
}

async function readJson(response) {
  const text = await response.text();
  if (!text) {
    return null;
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The body of a GET. */
export async function get(path, query, signal) {
  return (await send('GET', path + queryOf(query), {signal})).body;
}

/** A query of those parameters that have a value. */
export function queryOf(parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters || {})) {
    if (value !== undefined && value !== null && value !== '') {
      query.set(name, value);
    }
  }
  const text = query.toString();
  return text ? '?' + text : '';
}

/** A new idempotency key. (randomUUID exists on TLS and loopback only.) */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return 'console-' + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * All pages of a list, one after the other, waiting where the service says so.
 *
 * @param path without limit and cursor
 */
export async function* pagesOf(path, signal) {
  const glue = path.includes('?') ? '&' : '?';
  let cursor = null;
  do {
    const page = await patiently(
        () => get(path + glue + 'limit=100' + (cursor ? '&cursor=' + encodeURIComponent(cursor) : ''), null, signal),
        signal);
    yield page.data;
    cursor = page.has_more ? page.next_cursor : null;
  } while (cursor);
}

const ATTEMPTS = 5;

/** Repeats a read that failed for now. */
async function patiently(read, signal) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (e) {
      if (!(e instanceof ApiError) || !e.retryable || attempt === ATTEMPTS || signal?.aborted) {
        throw e;
      }
      await pause(Math.max(e.retryAfter * 1000, 250 * 2 ** attempt), signal);
    }
  }
}

/** Waits, or until the signal says that nobody is interested any more. */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done, {once: true});
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}
