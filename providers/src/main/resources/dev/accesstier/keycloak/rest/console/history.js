import { button, el, fill } from './dom.js';
import { openDialog } from './dialog.js';
import { say } from './message.js';
import { t, tier, time } from './text.js';

const PAGE = 50;

/** Opens the trail of one user or client, newest first. */
export const historyButton = (api, path, name) =>
  button(t('history'), () => showHistory(api, path, name).catch((error) => say(error.message, { bad: true })), 'link', {
    'aria-label': t('history') + ': ' + name,
  });

async function showHistory(api, path, name) {
  const list = el('ol', { class: 'trail' });
  const more = button(t('more'), () => load().catch((error) => say(error.message, { bad: true })));

  async function load() {
    const entries = await api.get(path, { first: list.children.length, max: PAGE });
    list.append(...entries.map(entry));
    more.hidden = entries.length < PAGE;
  }

  await load();
  openDialog(
    t('history.of', name),
    list.children.length === 0 ? [el('p', {}, t('trail.none'))] : [list, more],
    (close) => [button(t('close'), close)],
  );
}

/** What a change was, for people. */
export const change = ({ from, to, source }) =>
  source === 'second_factor' ? t('factor.taken') : tierOrOpen(from) + ' → ' + tierOrOpen(to);

const tierOrOpen = (value) => (value === null ? t('open') : tier(value));

function entry(entry) {
  const { at, by, byClient, reason, source } = entry;
  const item = el('li');
  fill(
    item,
    el('strong', {}, change(entry)),
    el('span', {}, time(at) + ', ' + (by ?? t('nobody')) + (byClient ? ' (' + byClient + ')' : '') + ', ' + t('source.' + source)),
    reason ? el('q', {}, reason) : null,
  );
  return item;
}
