import { el, svg } from './dom.js';
import { TIERS, number, t, tier } from './text.js';

const WIDTH = 320;
const ROW = 22;
const LABEL = 72;
const COUNT = 90;

/** How many people have each tier, as bars; the numbers stand beside them. */
export function picture({ users, clients }) {
  const most = Math.max(1, ...Object.values(users));
  const bars = TIERS.flatMap((name, i) => {
    const length = Math.max(users[name] > 0 ? 2 : 0, Math.round((users[name] / most) * (WIDTH - LABEL - COUNT)));
    const y = i * ROW;
    return [
      svg('text', { x: 0, y: y + 15 }, tier(name)),
      svg('rect', { class: 'bar ' + name, x: LABEL, y: y + 4, width: length, height: ROW - 8, rx: 2 }),
      svg('text', { x: LABEL + length + 6, y: y + 15 }, number(users[name])),
    ];
  });
  const spoken = TIERS.map((name) => tier(name) + ' ' + number(users[name])).join(', ');
  const apps = Object.values(clients).reduce((sum, count) => sum + count, 0);
  return el(
    'figure',
    {},
    svg(
      'svg',
      { viewBox: '0 0 ' + WIDTH + ' ' + TIERS.length * ROW, role: 'img', 'aria-label': t('summary') + ': ' + spoken },
      ...bars,
    ),
    el('figcaption', {}, t('summary.apps', number(apps))),
  );
}
