import { badge, choices, el, fill, labelled, outside, row, table } from './dom.js';
import { note, read } from './address.js';
import { bulk } from './bulk.js';
import { tierChoice, userTiers } from './choice.js';
import { beginOf, endOf } from './days.js';
import { secondFactor } from './factor.js';
import { historyButton } from './history.js';
import { say } from './message.js';
import { SIZES, pager } from './pager.js';
import { date, t, tier } from './text.js';
import { tierCards } from './tiers.js';

const TYPING = 300;
const FILTERS = ['tier', 'search', 'role', 'secondFactor', 'emailVerified', 'enabled', 'createdFrom', 'createdUntil'];
const KINDS = ['long', 'long', '', 'tight', 'tight', 'tight'];

export async function users(main, api, realm) {
  const { query } = read();
  /** What the address asks for. */
  const asked = Object.fromEntries(FILTERS.map((name) => [name, query[name] ?? '']));
  let sort = query.sort ?? '';
  let first = Number(query.first) || 0;
  let size = SIZES.includes(query.size) ? Number(query.size) : 50;
  const filter = () => Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''));

  const summary = el('div', {});
  const list = el('section', { 'aria-label': t('nav.users'), tabindex: '-1', 'aria-busy': 'true' });
  const pages = pager((to, count) => {
    first = to;
    size = count;
    say('');
    load(true).then(() => list.focus(), complain);
  });
  const many = bulk(api, { filter, reload: () => load().then(count) });
  fill(main, summary, filterForm(asked, narrow), many.element, list, pages.element);

  function narrow(change) {
    if (!list.isConnected) {
      // Typed just before the view was left.
      return;
    }
    Object.assign(asked, change);
    first = 0;
    say('');
    load().catch(complain);
  }

  function order(by) {
    sort = (sort || 'email') === by ? '-' + by : by;
    first = 0;
    say('');
    load(true).then(() => list.querySelector('[aria-sort] button')?.focus(), complain);
  }

  const complain = (error) => list.isConnected && say(error.message, { bad: true });

  let latest = 0;
  async function load(step = false) {
    if (!list.isConnected) {
      // Of a bulk change that ended after the view was left.
      return;
    }
    const mine = ++latest;
    list.setAttribute('aria-busy', 'true');
    note('users', { ...asked, sort, first: first || '', size: size === 50 ? '' : size }, step);
    try {
      const found = await api.get('users', {
        ...asked,
        createdFrom: beginOf(asked.createdFrom),
        createdUntil: endOf(asked.createdUntil),
        sort,
        first,
        max: size,
      });
      // An earlier answer that comes later is of no interest any more.
      if (mine === latest && found.users.length === 0 && found.total > 0) {
        // The list has become shorter than where one was.
        first = Math.floor((found.total - 1) / size) * size;
        await load();
      } else if (mine === latest) {
        many.show(found.users, found.total);
        fill(list, result(found.users));
        pages.show(first, size, found.total);
      }
    } catch (error) {
      if (mine === latest) {
        // Nobody shall take the old rows for an answer.
        fill(list);
      }
      throw error;
    } finally {
      if (mine === latest) {
        list.setAttribute('aria-busy', 'false');
      }
    }
  }

  function result(found) {
    if (found.length === 0) {
      return el('p', {}, t('users.none'));
    }
    const names = ['email', 'name', 'tier', 'factor', 'since', 'actions'].map((key) => t(key));
    const headings = [
      sortable('email', t('email')),
      sortable('name', t('name')),
      sortable('tier', t('tier')),
      t('factor'),
      sortable('created', t('since')),
      t('actions'),
    ];
    return table(t('nav.users'), headings, found.map((user) => line(user, names)));
  }

  function sortable(by, text) {
    const active = (sort || 'email').replace('-', '') === by;
    const turned = sort === '-' + by;
    return el(
      'th',
      {
        class: 'pf-v5-c-table__th pf-v5-c-table__sort' + (active ? ' pf-m-selected' : ''),
        scope: 'col',
        ...(active && { 'aria-sort': turned ? 'descending' : 'ascending' }),
      },
      el(
        'button',
        { type: 'button', class: 'pf-v5-c-table__button', onclick: () => order(by) },
        text,
        el('span', { 'aria-hidden': 'true' }, active ? (turned ? ' ↓' : ' ↑') : ''),
      ),
    );
  }

  function line(user, names) {
    const name = user.email ?? user.name;
    const path = 'users/' + encodeURIComponent(user.id);
    const about = el(
      'span',
      { class: 'pick' },
      user.manageable ? many.box(user.id, name) : null,
      el('span', { class: 'about' }, el('span', {}, name), ...badges(user)),
    );
    return row(
      names,
      [
        about,
        user.name,
        user.manageable ? choice(user, name, path) : badge(tier(user.accessTier)),
        factor(user, name, path),
        date(user.createdAt),
        el(
          'span',
          { class: 'actions' },
          historyButton(api, path + '/tier/history', name),
          outside(t('keycloak'), name, realm.console + '/users/' + encodeURIComponent(user.id) + '/settings'),
        ),
      ],
      KINDS,
    );
  }

  function choice(user, name, path) {
    return tierChoice({
      key: 'user ' + user.id,
      name,
      current: user.accessTier,
      values: userTiers(),
      save: (value, reason, from) => api.put(path + '/tier', { tier: value, reason, from }),
      saved: (value) => t('saved', name, tier(value)),
      after: count,
    });
  }

  function factor(user, name, path) {
    if (!user.secondFactor) {
      return '';
    }
    return user.manageable ? secondFactor(api, path + '/second-factor', name) : t('yes');
  }

  const count = () => api.get('summary').then((counts) => fill(summary, tierCards(counts)), () => {});

  await load();
  count();
}

function badges({ enabled, emailVerified, role }) {
  return [
    enabled ? null : badge(t('disabled'), 'red'),
    emailVerified ? null : badge(t('unverified'), 'gold'),
    role === 'user' ? null : badge(t('role.' + role), 'blue'),
  ];
}

function filterForm(asked, narrow) {
  let typing;
  const search = el('input', {
    type: 'search',
    maxlength: '255',
    value: asked.search,
    oninput: () => {
      clearTimeout(typing);
      typing = setTimeout(() => narrow({ search: search.value.trim() }), TYPING);
    },
  });
  const list = (name, options) =>
    labelled(
      t(name === 'tier' ? 'tier' : 'filter.' + name),
      choices([['', t('all')], ...options], asked[name], { onchange: (event) => narrow({ [name]: event.target.value }) }),
    );
  const flag = (name) =>
    list(name, [
      ['true', t('yes')],
      ['false', t('no')],
    ]);
  const day = (name) =>
    labelled(
      t('filter.' + name),
      el('input', { type: 'date', value: asked[name], onchange: (event) => narrow({ [name]: event.target.value }) }),
    );
  const rare = FILTERS.slice(2).some((name) => asked[name] !== '');
  return el(
    'form',
    { class: 'filter', role: 'search', onsubmit: (event) => event.preventDefault() },
    labelled(t('search'), search),
    list('tier', userTiers()),
    el(
      'details',
      { open: rare },
      el('summary', {}, t('filter.more')),
      el(
        'div',
        { class: 'filter' },
        list('role', ['admin', 'service', 'user'].map((role) => [role, t('role.' + role)])),
        flag('secondFactor'),
        flag('emailVerified'),
        flag('enabled'),
        day('createdFrom'),
        day('createdUntil'),
      ),
    ),
  );
}
