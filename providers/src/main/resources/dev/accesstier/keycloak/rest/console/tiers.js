import { el, svg } from './dom.js';
import { link } from './address.js';
import { TIERS, number, t, tier } from './text.js';

/** How many people have each tier; each leads to the list of them. */
export function tierCards({ users, clients }) {
  const most = Math.max(1, ...Object.values(users));
  const apps = Object.values(clients).reduce((sum, count) => sum + count, 0);
  const cards = TIERS.map((name) =>
    el(
      'li',
      {},
      el('a', { href: link('users', { tier: name }) }, tier(name)),
      el('strong', {}, number(users[name])),
      svg(
        'svg',
        { viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        svg('rect', { class: 'bar', width: users[name] > 0 ? Math.max(1, (users[name] / most) * 100) : 0, height: 4 }),
      ),
    ),
  );
  return el(
    'section',
    { 'aria-label': t('summary') },
    el('ul', { class: 'tiers' }, ...cards),
    el('p', { class: 'hint' }, t('summary.apps', number(apps))),
  );
}
