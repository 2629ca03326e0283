import { button, choices, el, fill, framed, submit } from './dom.js';
import { draft, dropDraft, keepDraft } from './drafts.js';
import { say } from './message.js';
import { TIERS, t, tier } from './text.js';

/** What the API calls an app that requires nothing. */
export const NONE = 'none';

export const userTiers = () => TIERS.map((value) => [value, tier(value)]);
export const appTiers = () => [[NONE, t('open')], ...TIERS.map((value) => [value, tier(value)])];

/**
 * A tier that can be changed in place. Nothing is sent before "Save": in a closed list the arrow
 * keys already choose.
 *
 * @param {object} what
 * @param {string} what.key what it is the tier of, for what is not saved yet
 * @param {string} what.name likewise, for people
 * @param {string} what.current the value now
 * @param {string[][]} what.values what may be chosen, with texts
 * @param {(value: string) => (Node | string | null)} [what.preview] what a choice would do
 * @param {(value: string, reason: string, from: string) => Promise<unknown>} what.save
 * @param {(value: string) => string} what.saved what to say then
 * @param {() => Promise<unknown>} [what.after] what follows a change
 */
export function tierChoice({ key, name, current, values, preview, save, saved, after }) {
  const place = el('div', { class: 'choice' });
  const begun = draft(key);
  // What was there when the choice was made: somebody may have changed it since.
  let seen = begun?.from ?? current;
  const known = values.some(([value]) => value === current);
  const options = known ? values : [['', current], ...values];
  const unchanged = known ? current : '';

  // Beside the list, which would lose the focus if it were put in anew.
  const more = el('span', { class: 'more' });
  const select = choices(options, unchanged, { 'aria-label': t('tier.of', name), onchange: changed });
  const reason = el('input', {
    type: 'text',
    maxlength: '1000',
    'aria-label': t('reason.optional'),
    placeholder: t('reason.optional'),
    oninput: keep,
  });
  const form = el('form', { class: 'choice', onsubmit: send }, framed(select), more);
  fill(place, form);

  const isChanged = () => select.value !== '' && select.value !== current;

  function keep() {
    if (isChanged()) {
      keepDraft(key, { value: select.value, reason: reason.value, from: seen });
    } else {
      dropDraft(key);
    }
  }

  function changed() {
    keep();
    fill(
      more,
      ...(isChanged()
        ? [preview?.(select.value), framed(reason), submit(t('save')), button(t('cancel'), undo, 'link')]
        : []),
    );
  }

  function undo() {
    select.value = unchanged;
    changed();
    select.focus();
  }

  async function send(event) {
    event.preventDefault();
    if (!isChanged()) {
      return;
    }
    const value = select.value;
    for (const control of form.elements) {
      control.disabled = true;
    }
    try {
      await save(value, reason.value.trim(), seen);
      dropDraft(key);
      say(saved(value), known ? { action: [t('undo'), () => takeBack(value)] } : {});
      await follow(value);
    } catch (error) {
      for (const control of form.elements) {
        control.disabled = false;
      }
      if (error.answer?.error === 'tier_changed') {
        // What was chosen stays chosen; what it would replace is another one.
        seen = error.answer.current;
        keep();
        moved(error);
      } else {
        say(error.message, { bad: true });
        select.focus();
      }
    }
  }

  async function takeBack(value) {
    try {
      await save(current, t('undo.reason'), value);
      say(saved(current));
      await follow(current);
    } catch (error) {
      if (error.answer?.error === 'tier_changed') {
        moved(error);
      } else {
        say(error.message, { bad: true });
      }
    }
  }

  function moved({ answer }) {
    replace(answer.current).querySelector('select')?.focus();
    const now = values.find(([one]) => one === answer.current)?.[1] ?? answer.current;
    say(t('error.tier_changed', name, now), { bad: true });
  }

  async function follow(value) {
    const fresh = replace(value);
    await after?.();
    fresh.querySelector('select')?.focus();
  }

  let shown = place;
  function replace(value) {
    const fresh = tierChoice({ key, name, current: value, values, preview, save, saved, after });
    shown.replaceWith(fresh);
    shown = fresh;
    return fresh;
  }

  if (begun && values.some(([value]) => value === begun.value)) {
    select.value = begun.value;
    reason.value = begun.reason;
    changed();
  }
  return place;
}
