import { button, el, fill, labelled } from './dom.js';
import { openDialog } from './dialog.js';
import { say } from './message.js';
import { t } from './text.js';

/** Takes a user's second factor away, when the admin has confirmed it. */
export function secondFactor(api, path, name) {
  const place = el('div', {});
  const remover = button(t('remove'), confirm, 'link', { 'aria-label': t('remove') + ': ' + t('factor.of', name) });
  fill(place, remover);

  function confirm() {
    const reason = el('input', { type: 'text', maxlength: '1000' });
    openDialog(
      t('factor.of', name),
      [el('p', {}, t('factor.consequence')), labelled(t('reason.optional'), reason)],
      (close) => [
        button(t('remove'), () => (close(), remove(reason.value.trim())), 'danger'),
        button(t('cancel'), close, 'link'),
      ],
    );
  }

  async function remove(reason) {
    remover.disabled = true;
    try {
      await api.delete(path, { reason });
      fill(place, el('span', { tabindex: '-1' }, t('removed')));
      place.firstChild.focus();
      say(t('factor.removed', name));
    } catch (error) {
      remover.disabled = false;
      remover.focus();
      say(error.message, { bad: true });
    }
  }

  return place;
}
