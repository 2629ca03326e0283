import { choices, el, fill, labelled, row, submit, table } from './dom.js';
import { say } from './message.js';
import { number, t, TIERS, tier } from './text.js';

const PATH = 'oauth-applications/import';
const OUTCOMES = ['new', 'changed', 'same', 'conflicting', 'refused', 'vanished'];

/** Apps of the old service: what an import would make of each, and the button that runs it. */
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

  show(await api.post(PATH, undefined, { dryRun: 'true' }));
  fill(main, el('p', { class: 'hint' }, t('takeover.hint')), list, form);
}
