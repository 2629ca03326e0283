import { t } from './text.js';

/** The admin resource of tiers. What it refuses is thrown as its own sentence. */
export class Api {
  #base;
  #session;

  /**
   * @param {DOMStringMap} page whose `admin` is the base URL of the admin API, and `realm` the realm
   * @param {{ token(): Promise<string> }} session
   */
  constructor({ admin, realm }, session) {
    this.#base = admin + 'admin/realms/' + encodeURIComponent(realm) + '/access-tier/';
    this.#session = session;
  }

  get(path, query = {}) {
    return this.#send('GET', path + asked(query));
  }

  post(path, query = {}) {
    return this.#send('POST', path + asked(query));
  }

  put(path, body) {
    return this.#send('PUT', path, body);
  }

  delete(path) {
    return this.#send('DELETE', path);
  }

  async #send(method, path, body) {
    let response;
    try {
      response = await fetch(this.#base + path, {
        method,
        headers: {
          Authorization: 'Bearer ' + (await this.#session.token()),
          ...(body && { 'Content-Type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
    } catch {
      throw new Error(t('error.unreachable'));
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) {
      return answer;
    }
    if (response.status === 403) {
      throw new Error(t('error.forbidden'));
    }
    throw new Error(
      answer.errorMessage ?? answer.error_description ?? answer.error ?? t('error.status', response.status),
    );
  }
}

/** What of a query has a value. */
function asked(query) {
  const given = Object.entries(query).filter(([, value]) => value !== '' && value !== null);
  return given.length ? '?' + new URLSearchParams(given) : '';
}
