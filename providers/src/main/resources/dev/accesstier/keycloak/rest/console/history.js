import { el, fill } from './dom.js';
import { say } from './message.js';
import { t, tier, time } from './text.js';

/** Opens the trail of one user or client. */
export const historyButton = (api, path, name) =>
  el('button', { type: 'button', 'aria-label': t('trail.of', name), onclick: () => showHistory(api, path, name) }, t('show'));

/** Above the page. */
async function showHistory(api, path, name) {
  try {
    const entries = await api.get(path, { max: 100 });
    const dialog = el(
      'dialog',
      { 'aria-label': t('trail.of', name), onclose: () => dialog.remove() },
      el('h2', {}, t('trail.of', name)),
      entries.length === 0
        ? el('p', {}, t('trail.none'))
        : el('ol', { class: 'trail' }, ...entries.map(entry)),
      el('button', { type: 'button', autofocus: true, onclick: () => dialog.close() }, t('close')),
    );
    document.body.append(dialog);
    dialog.showModal();
  } catch (error) {
    say(error.message, true);
  }
}

function entry({ at, from, to, by, byClient, reason, source }) {
  const item = el('li');
  fill(
    item,
    el('strong', {}, tier(from) + ' → ' + tier(to)),
    el('span', {}, time(at) + ', ' + (by ?? t('nobody')) + (byClient ? ' (' + byClient + ')' : '') + ', ' + t('source.' + source)),
    reason ? el('q', {}, reason) : null,
  );
  return item;
}
