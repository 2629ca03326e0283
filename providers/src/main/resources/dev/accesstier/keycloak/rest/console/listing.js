import { button, el, framed, submit } from './dom.js';
import { openDialog } from './dialog.js';
import { say } from './message.js';
import { t } from './text.js';

const LANGUAGES = ['default', 'de', 'en'];

let last = 0;

/** What an app shows of itself: its description and its note in each language, and its flags. */
export async function showListing(api, path, name, manageable, reload) {
  const listing = await api.get(path);
  const languages = [
    ...new Set([...LANGUAGES, ...Object.keys(listing.description), ...Object.keys(listing.note)]),
  ];
  const texts = (field) =>
    languages.map((language) => ({
      language,
      area: el('textarea', { rows: '2', maxlength: '1000', disabled: !manageable }, listing[field][language] ?? ''),
    }));
  const description = texts('description');
  const remark = texts('note');
  const flag = (field) => el('input', { type: 'checkbox', checked: listing[field], disabled: !manageable });
  const archived = flag('archived');
  const comingSoon = flag('comingSoon');
  const group = (title, areas) =>
    el(
      'fieldset',
      {},
      el('legend', {}, title),
      ...areas.map(({ language, area }) =>
        el('label', { class: 'field' }, el('span', {}, language === 'default' ? t('language.default') : language), framed(area)),
      ),
    );
  /** Those that were edited: what is left out stays, whoever else may have changed it. */
  const edited = (areas, field) =>
    Object.fromEntries(
      areas
        .map(({ language, area }) => [language, area.value.trim() || null])
        .filter(([language, text]) => text !== (listing[field][language] ?? null)),
    );
  const id = 'listing-' + ++last;
  const form = el(
    'form',
    { id, onsubmit: send },
    group(t('listing.description'), description),
    group(t('listing.note'), remark),
    el('label', { class: 'check' }, comingSoon, ' ', t('listing.comingSoon')),
    el('label', { class: 'check' }, archived, ' ', t('listing.archived')),
    el('p', { role: 'alert', class: 'problem' }),
  );
  const dialog = openDialog(t('listing.of', name), [form], (close) => {
    const saver = submit(t('save'));
    saver.setAttribute('form', id);
    return manageable ? [saver, button(t('cancel'), close, 'link')] : [button(t('close'), close)];
  });

  async function send(event) {
    event.preventDefault();
    try {
      await api.put(path, {
        description: edited(description, 'description'),
        note: edited(remark, 'note'),
        ...(archived.checked !== listing.archived && { archived: archived.checked }),
        ...(comingSoon.checked !== listing.comingSoon && { comingSoon: comingSoon.checked }),
      });
    } catch (error) {
      form.querySelector('.problem').textContent = error.message;
      return;
    }
    dialog.close();
    say(t('listing.saved', name));
    await reload().catch((error) => say(error.message, { bad: true }));
  }
}
