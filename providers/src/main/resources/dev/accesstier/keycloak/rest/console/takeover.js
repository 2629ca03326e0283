import { choices, el, fill, labelled, row, submit, table } from './dom.js';
import { say } from './message.js';
import { date, number, t, TIERS, tier } from './text.js';

const PATH = 'oauth-applications/import';
const OUTCOMES = ['new', 'changed', 'same', 'conflicting', 'refused', 'vanished'];

/** How far the move has come, what an import would make of the old service's apps, and the import. */
export async function takeover(main, api) {
  const headings = ['clientId', 'outcome', 'noConsent', 'note'].map((key) => t(key));
  const list = el('section', { 'aria-label': t('nav.takeover') });
  const required = choices([['', t('open')], ...TIERS.map((value) => [value, tier(value)])], '');
  const button = submit(t('takeover.run'));
  const form = el('form', { class: 'filter', onsubmit: run }, labelled(t('takeover.tier'), required), button);

  const line = (outcome, { clientId, reason }) => {
    const label = t('noConsent.of', clientId);
    return row(headings, [
      clientId,
      t('outcome.' + outcome),
      outcome === 'new' ? el('input', { type: 'checkbox', value: clientId, 'aria-label': label }) : '',
      reason ?? '',
    ]);
  };

  function show(report) {
    const lines = OUTCOMES.flatMap((outcome) => report[outcome].map((app) => line(outcome, app)));
    button.disabled = report.new.length + report.changed.length === 0;
    fill(
      list,
      ...report.problems.map((problem) => el('p', { class: 'hint' }, problem)),
      lines.length ? table(t('nav.takeover'), headings, lines) : el('p', {}, t('takeover.none')),
    );
  }

  async function run(event) {
    event.preventDefault();
    button.disabled = true;
    const chosen = /** @type {HTMLInputElement[]} */ ([...list.querySelectorAll('input:checked')]);
    const trusted = chosen.map((box) => box.value).join(',');
    try {
      const done = await api.post(PATH, undefined, { trusted, requiredTier: required.value });
      show(await api.post(PATH, undefined, { dryRun: 'true' }));
      say(t('takeover.done', number(done.new.length), number(done.changed.length), number(done.refused.length)));
    } catch (error) {
      button.disabled = false;
      say(error.message, { bad: true });
    }
  }

  const progress = el('section', { 'aria-label': t('migration') });
  const apps = el('h2', {}, t('takeover.apps'));
  fill(main, progress, apps, el('p', { class: 'hint' }, t('takeover.hint')), list, form);
  // Each asks for rights of its own, and may be refused alone.
  const instead = (place) => (error) => fill(place, el('p', {}, error.message));
  await Promise.all([
    api.get('migration').then((report) => fill(progress, ...moved(report)), instead(progress)),
    api.post(PATH, undefined, { dryRun: 'true' }).then(show, (error) => {
      form.hidden = true;
      instead(list)(error);
    }),
  ]);
}

/** Who has come over, and what would be missed if the old service were switched off now. */
function moved({ components }) {
  const names = [t('migration.what'), t('migration.count'), t('migration.meaning')];
  return components.flatMap(({ people, signedIn, passwords, secondFactors, stillThere }) => {
    const line = (key, count, meaning = t('migration.' + key + '.meaning')) =>
      row(names, [t('migration.' + key), count, meaning], ['long', 'tight', 'long']);
    return [
      el('h2', {}, t('migration')),
      table(t('migration'), names, [
        line('people', number(people), ''),
        line(
          'signedIn',
          signedIn === null ? '–' : number(signedIn.people),
          signedIn === null ? t('migration.notStored') : signedIn.since ? t('migration.since', date(signedIn.since)) : '',
        ),
        ...Object.entries(passwords)
          .filter(([, count]) => count > 0)
          .map(([format, count]) =>
            row(
              names,
              [t('migration.passwords', format), number(count), format === 'other' ? t('migration.otherPasswords') : ''],
              ['long', 'tight', 'long'],
            ),
          ),
        line('secondFactors', number(secondFactors), ''),
        line('liveSessions', number(stillThere.liveSessions)),
        line('trustedDevices', stillThere.trustedDevices === null ? '–' : number(stillThere.trustedDevices)),
        line('refreshTokens', number(stillThere.refreshTokens)),
      ]),
    ];
  });
}
