import { el, fill, row, table } from './dom.js';
import { say } from './message.js';
import { TIERS, date, number, t, tier } from './text.js';
import { tierChoice, USER_TIERS } from './choice.js';
import { picture } from './picture.js';
import { historyButton } from './history.js';
import { secondFactor } from './factor.js';

const PAGE = 50;
const TYPING = 300;

export async function users(main, api) {
  const asked = { tier: '', search: '', first: 0 };
  const counts = el('section', { 'aria-label': t('summary') });
  const list = el('section', { 'aria-label': t('nav.users'), 'aria-busy': 'true' });
  const again = () => load().catch((error) => list.isConnected && say(error.message, true));
  fill(main, counts, filter(asked, again), list);

  let latest = 0;
  async function load() {
    const mine = ++latest;
    list.setAttribute('aria-busy', 'true');
    const found = await api.get('users', { ...asked, max: PAGE });
    // An earlier answer that comes later is of no interest any more.
    if (mine === latest) {
      list.setAttribute('aria-busy', 'false');
      fill(list, ...result(found, asked, api, again));
    }
  }

  await load();
  api.get('summary').then((summary) => fill(counts, picture(summary)), () => {});
}

function filter(asked, load) {
  let typing;
  const again = (change) => {
    Object.assign(asked, change, { first: 0 });
    load();
  };
  return el(
    'form',
    { class: 'filter', role: 'search', onsubmit: (event) => event.preventDefault() },
    el(
      'label',
      {},
      t('search'),
      el('input', {
        type: 'search',
        maxlength: '255',
        oninput: (event) => {
          clearTimeout(typing);
          typing = setTimeout(() => again({ search: event.target.value.trim() }), TYPING);
        },
      }),
    ),
    el(
      'label',
      {},
      t('tier'),
      el(
        'select',
        { onchange: (event) => again({ tier: event.target.value }) },
        el('option', { value: '' }, t('tier.all')),
        ...TIERS.map((value) => el('option', { value }, tier(value))),
      ),
    ),
  );
}

function result({ users: found, total }, asked, api, load) {
  if (found.length === 0) {
    return [el('p', { class: 'hint' }, t('users.none'))];
  }
  const headings = ['email', 'name', 'tier', 'factor', 'since', 'trail'].map((key) => t(key));
  const rows = found.map((user) => {
    const name = user.email ?? user.name;
    const path = 'users/' + encodeURIComponent(user.id);
    return row(headings, [
      name,
      user.name,
      tierChoice(user.accessTier, name, USER_TIERS, (value, reason) => api.put(path + '/tier', { tier: value, reason })),
      user.secondFactor ? secondFactor(api, path + '/second-factor', name) : '',
      date(user.createdAt),
      historyButton(api, path + '/tier/history', name),
    ]);
  });
  return [table(t('nav.users'), headings, rows), pager(asked, total, found.length, load)];
}

function pager(asked, total, shown, load) {
  const go = (first) => () => {
    asked.first = first;
    load();
  };
  return el(
    'nav',
    { class: 'pager', 'aria-label': t('pages') },
    el('button', { type: 'button', disabled: asked.first === 0, onclick: go(Math.max(0, asked.first - PAGE)) }, t('back')),
    el('span', {}, t('range', number(asked.first + 1), number(asked.first + shown), number(total))),
    el('button', { type: 'button', disabled: asked.first + shown >= total, onclick: go(asked.first + PAGE) }, t('next')),
  );
}
