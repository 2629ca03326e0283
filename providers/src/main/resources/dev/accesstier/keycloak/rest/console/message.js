import { byId, button, el, fill } from './dom.js';

/**
 * Says something to everyone, screen readers included; the empty text takes it back.
 *
 * @param {string} text
 * @param {{ bad?: boolean, action?: [string, () => void] }} how whether it is an error, and what
 *     can be done about it
 */
export function say(text, { bad = false, action } = {}) {
  const place = byId('message');
  if (text === '') {
    fill(place);
    return;
  }
  fill(
    place,
    el(
      'div',
      { class: 'pf-v5-c-alert pf-m-inline pf-m-' + (bad ? 'danger' : 'success'), role: bad ? 'alert' : 'status' },
      el('p', { class: 'pf-v5-c-alert__title' }, text),
      action ? el('div', { class: 'pf-v5-c-alert__action' }, button(action[0], action[1], 'link')) : null,
    ),
  );
}
