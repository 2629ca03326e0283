import { signIn } from './signin.js';
import { Api } from './api.js';
import { loadTexts, t } from './text.js';
import { byId, el, fill } from './dom.js';
import { say } from './message.js';
import { users } from './users.js';
import { apps } from './apps.js';
import { trail } from './trail.js';

const views = { users, apps, trail };

/** The view that the address names; the first one where it names none. */
function current() {
  const name = location.hash.slice(1);
  return name in views ? name : 'users';
}

async function show(api) {
  const name = current();
  fill(
    byId('nav'),
    ...Object.keys(views).map((view) =>
      el('a', { href: '#' + view, ...(view === name && { 'aria-current': 'page' }) }, t('nav.' + view)),
    ),
  );
  document.title = t('title') + ' – ' + t('nav.' + name);
  const main = byId('main');
  fill(main, el('p', { class: 'hint' }, t('loading')));
  say('');
  try {
    await views[name](main, api);
  } catch (error) {
    fill(main);
    say(error.message, true);
  }
}

async function start() {
  await loadTexts(document.documentElement.lang);
  byId('heading').textContent = t('title');
  const session = await signIn(document.documentElement.dataset);
  const api = new Api(document.documentElement.dataset, session);
  fill(
    byId('account'),
    el('span', {}, session.name()),
    el('button', { type: 'button', onclick: () => session.signOut() }, t('signOut')),
  );
  addEventListener('hashchange', async () => {
    await show(api);
    byId('main').focus({ preventScroll: true });
    scrollTo(0, 0);
  });
  await show(api);
}

start().catch((error) => say(error.message, true));
