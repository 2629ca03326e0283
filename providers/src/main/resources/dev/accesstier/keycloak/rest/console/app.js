import { signIn } from './signin.js';
import { Api } from './api.js';
import { loadTexts, t } from './text.js';
import { byId, el, fill, button } from './dom.js';
import { say } from './message.js';
import { read, link } from './address.js';
import { users } from './users.js';
import { apps } from './apps.js';
import { takeover } from './takeover.js';
import { trail } from './trail.js';
import { status } from './status.js';

const views = { users, apps, trail, takeover, status };

/** The view that the address names; the first one where it names none. */
function current() {
  const { view } = read();
  return Object.hasOwn(views, view) ? view : 'users';
}

function navigation(name) {
  const tabs = Object.keys(views).map((view) =>
    el(
      'li',
      { class: 'pf-v5-c-tabs__item' + (view === name ? ' pf-m-current' : '') },
      el(
        'a',
        { class: 'pf-v5-c-tabs__link', href: link(view), ...(view === name && { 'aria-current': 'page' }) },
        el('span', { class: 'pf-v5-c-tabs__item-text' }, t('nav.' + view)),
      ),
    ),
  );
  return el('ul', { class: 'pf-v5-c-tabs__list' }, ...tabs);
}

async function show(api, realm, focus) {
  const name = current();
  fill(byId('nav'), navigation(name));
  document.title = t('nav.' + name) + ' – ' + t('title') + ' – ' + byId('realm').textContent;
  // One of its own: what comes late for a view that was left is filled into what nobody sees.
  const main = el('main', { id: 'main', tabindex: '-1', 'aria-label': t('nav.' + name) }, el('p', {}, t('loading')));
  byId('main').replaceWith(main);
  if (focus) {
    // Before the view can be used, so that nobody's typing is interrupted.
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  say('');
  try {
    await views[name](main, api, realm);
  } catch (error) {
    if (main.isConnected) {
      fill(main);
      say(error.message, { bad: true });
    }
  }
}

/** As Keycloak's own pages do it. */
function followDarkMode() {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => document.documentElement.classList.toggle('pf-v5-theme-dark', dark.matches);
  dark.addEventListener('change', follow);
  follow();
}

async function start() {
  followDarkMode();
  const page = document.documentElement.dataset;
  await loadTexts(document.documentElement.lang);
  byId('heading').textContent = t('title');
  byId('skip').textContent = t('skip');
  byId('nav').setAttribute('aria-label', t('views'));
  byId('skip').addEventListener('click', (event) => {
    event.preventDefault();
    byId('main').focus();
  });
  const session = await signIn(page);
  // Admins of realm master look after the others.
  const name = new URLSearchParams(location.search).get('realm') ?? page.realm;
  if (name !== page.realm) {
    byId('realm').textContent = name;
  }
  const realm = { name, console: page.admin + 'admin/' + encodeURIComponent(page.realm) + '/console/#/' + encodeURIComponent(name) };
  const api = new Api(page.admin, name, session);
  fill(byId('account'), el('span', {}, session.name()), button(t('signOut'), () => session.signOut(), 'link'));
  addEventListener('hashchange', () => show(api, realm, true));
  await show(api, realm, false);
}

start().catch((error) => say(error.message, { bad: true }));
