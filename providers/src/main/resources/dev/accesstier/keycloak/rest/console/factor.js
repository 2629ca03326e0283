import { el, fill } from './dom.js';
import { say } from './message.js';
import { t } from './text.js';

/** Takes a user's second factor away, when the admin has confirmed it. */
export function secondFactor(api, path, name) {
  const place = el('div', {});
  const button = el(
    'button',
    { type: 'button', 'aria-label': t('factor.of', name), onclick: () => confirm(name, remove) },
    t('remove'),
  );
  fill(place, button);

  async function remove() {
    button.disabled = true;
    try {
      await api.delete(path);
      fill(place, el('span', { tabindex: '-1' }, t('removed')));
      place.firstChild.focus();
      say(t('factor.removed', name));
    } catch (error) {
      button.disabled = false;
      button.focus();
      say(error.message, true);
    }
  }

  return place;
}

/** Above the page. */
function confirm(name, then) {
  const dialog = el(
    'dialog',
    { 'aria-labelledby': 'confirm', onclose: () => dialog.remove() },
    el('h2', { id: 'confirm' }, t('factor.of', name)),
    el('p', {}, t('factor.consequence')),
    el(
      'div',
      { class: 'choice' },
      el('button', { type: 'button', class: 'primary', onclick: () => (dialog.close(), then()) }, t('remove')),
      el('button', { type: 'button', autofocus: true, onclick: () => dialog.close() }, t('cancel')),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
