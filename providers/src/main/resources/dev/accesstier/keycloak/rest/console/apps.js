import { badge, button, el, fill, labelled, outside, row, table } from './dom.js';
import { link, note, read } from './address.js';
import { NONE, appTiers, tierChoice } from './choice.js';
import { historyButton } from './history.js';
import { showListing } from './listing.js';
import { say } from './message.js';
import { TIERS, number, t, tier } from './text.js';

const KINDS = ['long', '', 'tight', 'tight', 'tight'];

/** Every app, with what it requires, whom that lets in, and what another tier would change. */
export async function apps(main, api, realm) {
  const { query } = read();
  const asked = { search: query.search ?? '', gated: query.gated ?? '' };
  const list = el('section', { 'aria-label': t('nav.apps') });
  const search = el('input', { type: 'search', maxlength: '255', value: asked.search, oninput: narrow });
  const gated = el('input', { type: 'checkbox', checked: asked.gated === 'true', onchange: narrow });
  fill(
    main,
    el('p', { class: 'hint' }, t('apps.hint')),
    el(
      'form',
      { class: 'filter', role: 'search', onsubmit: (event) => event.preventDefault() },
      labelled(t('apps.search'), search),
      el('label', { class: 'check' }, gated, ' ', t('apps.gated')),
    ),
    list,
  );

  let clients = [];
  let users = {};
  const names = ['app', 'required', 'access', 'refused', 'actions'].map((key) => t(key));

  /** Both at once, so that the numbers fit each other. */
  async function load() {
    const [all, summary] = await Promise.all([api.get('clients', { open: 'true' }), api.get('summary')]);
    clients = all;
    users = summary.users;
    show();
  }

  function narrow() {
    Object.assign(asked, { search: search.value.trim(), gated: gated.checked ? 'true' : '' });
    note('apps', asked);
    say('');
    show();
  }

  function show() {
    const word = asked.search.toLowerCase();
    const found = clients.filter(
      ({ clientId, name, requiredTier }) =>
        (requiredTier !== null || asked.gated === '') &&
        [clientId, name ?? ''].some((text) => text.toLowerCase().includes(word)),
    );
    fill(list, found.length === 0 ? el('p', {}, t('apps.none')) : table(t('nav.apps'), names, found.map(line)));
  }

  function line(client) {
    const { clientId, requiredTier, usersWithAccess, refused } = client;
    const name = client.name || clientId;
    const path = 'clients/' + encodeURIComponent(clientId.includes('/') ? client.id : clientId);
    const known = requiredTier === null || TIERS.includes(requiredTier);
    return row(
      names,
      [
        el(
          'span',
          { class: 'about' },
          el('span', {}, name, ' ', el('small', {}, clientId)),
          client.archived ? badge(t('archived')) : null,
          client.comingSoon ? badge(t('comingSoon'), 'blue') : null,
          known ? null : badge(t('apps.unreadable'), 'red'),
        ),
        client.manageable
          ? choice(client, name, path)
          : badge(requiredTier === null ? t('open') : tier(requiredTier)),
        requiredTier === null ? t('apps.everyone') : number(usersWithAccess),
        refused === null ? '' : number(refused),
        el(
          'span',
          { class: 'actions' },
          button(t('listing'), () => showListing(api, path + '/listing', name, client.manageable, load).catch(complain), 'link', {
            'aria-label': t('listing') + ': ' + name,
          }),
          historyButton(api, path + '/required-tier/history', name),
          outside(t('keycloak'), name, realm.console + '/clients/' + encodeURIComponent(client.id) + '/settings'),
        ),
      ],
      KINDS,
    );
  }

  const complain = (error) => say(error.message, { bad: true });

  function choice({ id, requiredTier }, name, path) {
    const current = requiredTier ?? NONE;
    return tierChoice({
      key: 'client ' + id,
      name,
      current,
      values: appTiers(),
      preview: (value) => preview(current, value),
      save: (value, reason, from) =>
        api.put(path + '/required-tier', { requiredTier: value === NONE ? null : value, reason, from }),
      saved: (value) => (value === NONE ? t('saved.open', name) : t('saved.app', name, tier(value))),
      after: async () => {
        await load();
        [...list.querySelectorAll('select')].find((one) => one.getAttribute('aria-label') === t('tier.of', name))?.focus();
      },
    });
  }

  const admitted = (required) => {
    const from = required === NONE ? 0 : TIERS.indexOf(required);
    return from < 0 ? [] : TIERS.slice(from);
  };
  const people = (tiers) => tiers.reduce((sum, one) => sum + (users[one] ?? 0), 0);

  /** "Alpha → Beta: 127 → 312 people, 185 more", and who they are. */
  function preview(from, to) {
    const before = admitted(from);
    const after = admitted(to);
    const word = (value) => (value === NONE ? t('open') : tier(value));
    const more = after.filter((one) => !before.includes(one));
    const fewer = before.filter((one) => !after.includes(one));
    const moved = more.length > 0 ? more : fewer;
    return el(
      'span',
      { class: 'preview', role: 'status' },
      t('preview', word(from), word(to), number(people(before)), number(people(after))),
      ' ',
      t(more.length > 0 ? 'preview.more' : 'preview.fewer', number(people(moved))),
      ...moved
        .filter((one) => users[one] > 0)
        .flatMap((one) => [
          ' ',
          el('a', { href: link('users', { tier: one }), target: '_blank' }, tier(one) + ' (' + number(users[one]) + ')'),
        ]),
    );
  }

  await load();
}
