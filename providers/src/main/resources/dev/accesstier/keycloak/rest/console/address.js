// What a view shows is in the address after the hash: #users?tier=beta&first=50. So it survives a
// reload, the way back and a new sign-in, and can be sent to a colleague.

/** The view that the address names, and its parameters. */
export function read() {
  const [view, query = ''] = location.hash.slice(1).split('?', 2);
  return { view, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** The address of a view with those of the parameters that have a value. */
export function link(view, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== '' && value !== null && value !== undefined);
  return '#' + view + (given.length ? '?' + new URLSearchParams(given) : '');
}

/** Notes what the view shows now. A step of its own in the history only where one would go back to it. */
export function note(view, query, step = false) {
  const address = location.pathname + location.search + link(view, query);
  if (step) {
    history.pushState(null, '', address);
  } else {
    history.replaceState(null, '', address);
  }
}
