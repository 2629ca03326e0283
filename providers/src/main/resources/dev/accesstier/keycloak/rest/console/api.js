import { t } from './text.js';

/** What the server refused: a sentence in the reader's language, and what a program needs to know. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {number} status
   * @param {any} answer
   */
  constructor(message, status, answer) {
    super(message);
    this.status = status;
    this.answer = answer;
  }
}

/** The admin resource of tiers. */
export class Api {
  #base;
  #session;

  /**
   * @param {string} admin the base URL of the admin API
   * @param {string} realm which realm it is about
   * @param {{ token(): Promise<string>, over(): Promise<never> }} session
   */
  constructor(admin, realm, session) {
    this.#base = admin + 'admin/realms/' + encodeURIComponent(realm) + '/access-tier/';
    this.#session = session;
  }

  get(path, query = {}) {
    return this.#json('GET', path + asked(query));
  }

  post(path, body, query = {}) {
    return this.#json('POST', path + asked(query), body);
  }

  put(path, body) {
    return this.#json('PUT', path, body);
  }

  delete(path, query = {}) {
    return this.#json('DELETE', path + asked(query));
  }

  /** A file as it comes. */
  async file(path, query = {}) {
    return (await this.#send('GET', path + asked(query))).blob();
  }

  async #json(method, path, body) {
    const response = await this.#send(method, path, body);
    return response.status === 204 ? null : response.json();
  }

  async #send(method, path, body) {
    let response;
    try {
      response = await fetch(this.#base + path, {
        method,
        headers: { Authorization: 'Bearer ' + (await this.#session.token()), ...type(body) },
        ...(body && { body: body instanceof Blob ? body : JSON.stringify(body) }),
      });
    } catch (error) {
      // The sign-in says itself what is wrong with it.
      throw error instanceof TypeError ? new Error(t('error.unreachable')) : error;
    }
    if (response.ok) {
      return response;
    }
    if (response.status === 401) {
      return this.#session.over();
    }
    const answer = await response.json().catch(() => ({}));
    throw new ApiError(sentence(response.status, answer), response.status, answer);
  }
}

/** In the reader's language where the code is known, in the server's words else. */
export function sentence(status, { error, errorMessage, error_description }) {
  return (
    translated(error) ??
    errorMessage ??
    (status === 403 ? t('error.forbidden') : undefined) ??
    error_description ??
    error ??
    t('error.status', status)
  );
}

/** The text of one of the server's codes. */
export function translated(code) {
  const key = 'error.' + code;
  const text = t(key);
  return code && text !== key ? text : undefined;
}

const type = (body) =>
  body instanceof Blob ? { 'Content-Type': 'text/csv' } : body ? { 'Content-Type': 'application/json' } : {};

/** What of a query has a value. */
function asked(query) {
  const given = Object.entries(query).filter(([, value]) => value !== '' && value !== null && value !== undefined);
  return given.length ? '?' + new URLSearchParams(given) : '';
}
