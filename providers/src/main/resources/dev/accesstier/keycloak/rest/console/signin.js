// OpenID Connect, authorization code flow with PKCE. The tokens stay in this module's memory; what
// has to outlive the way to the login page and back is of no use to anybody else.

import { saveDrafts } from './drafts.js';
import { t } from './text.js';

const PENDING = 'access-tier-console.login';
const EARLY = 20_000;

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

function endpoints({ server, realm }) {
  const base = server + 'realms/' + encodeURIComponent(realm) + '/protocol/openid-connect/';
  return { auth: base + 'auth', token: base + 'token', logout: base + 'logout' };
}

// The client's redirect URI has no slash at its end.
const here = () => location.origin + location.pathname.replace(/\/+$/, '');

async function leaveForLogin(settings) {
  if (!crypto.subtle) {
    throw new Error(t('error.insecure'));
  }
  const realm = new URLSearchParams(location.search).get('realm');
  const login = {
    state: random(),
    verifier: random(),
    address: (realm ? '?' + new URLSearchParams({ realm }) : '') + location.hash,
  };
  saveDrafts();
  sessionStorage.setItem(PENDING, JSON.stringify(login));
  const challenge = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(login.verifier));
  const query = new URLSearchParams({
    client_id: settings.client,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: here(),
    state: login.state,
    code_challenge: base64url(challenge),
    code_challenge_method: 'S256',
    ui_locales: document.documentElement.lang,
  });
  location.assign(endpoints(settings).auth + '?' + query);
  return new Promise(() => {}); // the page goes away
}

/** The session of whoever is signed in; goes to the login page first where nobody is. */
export async function signIn(settings) {
  const answer = new URLSearchParams(location.search);
  const login = JSON.parse(sessionStorage.getItem(PENDING) ?? 'null');
  sessionStorage.removeItem(PENDING);
  if (answer.has('error') && answer.get('state') === login?.state) {
    throw new Error(answer.get('error_description') ?? answer.get('error'));
  }
  if (!answer.has('code') || login === null || answer.get('state') !== login.state) {
    return leaveForLogin(settings);
  }
  history.replaceState(null, '', here() + login.address);
  const session = new Session(settings);
  await session.grant({
    grant_type: 'authorization_code',
    code: answer.get('code'),
    redirect_uri: here(),
    code_verifier: login.verifier,
  });
  return session;
}

class Session {
  #settings;
  #tokens;
  #until = 0;
  #refreshing = null;

  constructor(settings) {
    this.#settings = settings;
  }

  async grant(parameters) {
    const response = await fetch(endpoints(this.#settings).token, {
      method: 'POST',
      body: new URLSearchParams({ client_id: this.#settings.client, ...parameters }),
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) {
      const sentence = answer.error_description ?? answer.error ?? t('error.status', response.status);
      throw Object.assign(new Error(sentence), { over: answer.error === 'invalid_grant' });
    }
    this.#tokens = answer;
    this.#until = Date.now() + answer.expires_in * 1000;
  }

  /** A token that is good for a while yet. */
  async token() {
    if (Date.now() > this.#until - EARLY) {
      this.#refreshing ??= this.grant({
        grant_type: 'refresh_token',
        refresh_token: this.#tokens.refresh_token,
      })
        .catch((error) => {
          // Whatever else went wrong may be over soon, and what is typed in would be lost.
          if (error.over) {
            return leaveForLogin(this.#settings);
          }
          throw error;
        })
        .finally(() => (this.#refreshing = null));
      await this.#refreshing;
    }
    return this.#tokens.access_token;
  }

  /** The server does not take the token any more: somebody has ended the session. */
  over() {
    return leaveForLogin(this.#settings);
  }

  /** What the person is called, for people to read. */
  name() {
    const payload = this.#tokens.id_token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (c) => c.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    return claims.name ?? claims.preferred_username ?? '';
  }

  signOut() {
    const query = new URLSearchParams({
      id_token_hint: this.#tokens.id_token,
      post_logout_redirect_uri: here(),
    });
    location.assign(endpoints(this.#settings).logout + '?' + query);
  }
}
