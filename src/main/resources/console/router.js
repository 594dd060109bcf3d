// The address bar: #/name/id?query.

export function parse(hash) {
  const [path, query = ''] = hash.replace(/^#/, '').split('?', 2);
  const [name = '', id = ''] = path.replace(/^\//, '').split('/', 2);
  return {name, id: decode(id), query: new URLSearchParams(query)};
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An address; parameters without a value are left out. */
export function href(name, id, parameters) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters ?? {})) {
    if (value !== undefined && value !== null && value !== '') {
      query.set(key, value);
    }
  }
  const text = query.toString();
  return '#/' + name + (id ? '/' + encodeURIComponent(id) : '') + (text ? '?' + text : '');
}
