import { signIn } from './signin.js';
import { Api } from './api.js';
import { loadTexts, t } from './text.js';
import { byId, el, fill } from './dom.js';
import { say } from './message.js';
import { users } from './users.js';
import { apps } from './apps.js';
import { takeover } from './takeover.js';
import { trail } from './trail.js';

const views = { users, apps, trail, takeover };

/** The view that the address names; the first one where it names none. */
function current() {
  const name = location.hash.slice(1);
  return Object.hasOwn(views, name) ? name : 'users';
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
  // One of its own: what comes late for a view that was left is filled into what nobody sees.
  const main = el('main', { id: 'main', tabindex: '-1' }, el('p', { class: 'hint' }, t('loading')));
  byId('main').replaceWith(main);
  say('');
  try {
    await views[name](main, api);
  } catch (error) {
    if (main.isConnected) {
      fill(main);
      say(error.message, true);
    }
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
