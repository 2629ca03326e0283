import { el, fill } from './dom.js';
import { say } from './message.js';
import { TIERS, t, tier } from './text.js';

let last = 0;

/**
 * A tier that can be changed in place. Nothing is sent before "Save": in a closed list the arrow
 * keys already choose.
 *
 * @param current the value now; null is "none"
 * @param name what it is the tier of, for screen readers
 * @param values what may be chosen
 * @param save gets value and reason, and gives a promise
 */
export function tierChoice(current, name, values, save) {
  const id = 'choice-' + ++last;
  const place = el('div', { class: 'choice' });
  const known = values.includes(current);
  const select = el(
    'select',
    { id, 'aria-label': t('tier.of', name), onchange: changed },
    known ? null : el('option', { value: '', selected: true }, tier(current)),
    ...values.map((value) =>
      el('option', { value: value ?? 'none', selected: known && value === current }, tier(value)),
    ),
  );
  const reason = el('input', { type: 'text', maxlength: '1000', 'aria-label': t('reason'), placeholder: t('reason') });
  const buttons = [
    el('button', { type: 'submit', class: 'primary' }, t('save')),
    el('button', { type: 'button', onclick: undo }, t('cancel')),
  ];
  // Beside the list, which would lose the focus if it were put in anew.
  const more = el('span', { class: 'more' });
  const form = el('form', { class: 'choice', onsubmit: submit }, select, more);
  fill(place, form);

  const chosen = () => (select.value === 'none' ? null : select.value);
  const isChanged = () => select.value !== '' && chosen() !== current;

  function changed() {
    fill(more, ...(isChanged() ? [reason, ...buttons] : []));
  }

  function undo() {
    select.value = known ? (current ?? 'none') : '';
    changed();
    select.focus();
  }

  async function submit(event) {
    event.preventDefault();
    if (!isChanged()) {
      return;
    }
    const value = chosen();
    for (const control of form.elements) {
      control.disabled = true;
    }
    try {
      await save(value, reason.value.trim());
      say(t('saved', name, tier(value)));
      place.replaceWith(tierChoice(value, name, values, save));
      document.getElementById('choice-' + last)?.focus();
    } catch (error) {
      for (const control of form.elements) {
        control.disabled = false;
      }
      say(error.message, true);
      select.focus();
    }
  }

  return place;
}

export const USER_TIERS = TIERS;
export const APP_TIERS = [null, ...TIERS];
