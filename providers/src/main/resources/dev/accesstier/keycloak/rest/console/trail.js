import { el, fill, row, table } from './dom.js';
import { say } from './message.js';
import { t, tier, time } from './text.js';

const PAGE = 50;

export async function trail(main, api) {
  const headings = ['when', 'subject', 'from', 'to', 'by', 'reason', 'source'].map((key) => t(key));
  let first = 0;
  const view = table(t('nav.trail'), headings, []);
  const body = view.querySelector('tbody');
  const more = el('button', { type: 'button', onclick: () => load().catch((error) => say(error.message, true)) }, t('more'));

  async function load() {
    const entries = await api.get('history', { first, max: PAGE });
    first += entries.length;
    body.append(
      ...entries.map(({ subject, id, name, change }) =>
        row(headings, [
          time(change.at),
          t('subject.' + subject) + ' ' + (name ?? id),
          tier(change.from),
          tier(change.to),
          change.by ?? t('nobody'),
          change.reason ?? '',
          t('source.' + change.source),
        ]),
      ),
    );
    more.hidden = entries.length < PAGE;
  }

  await load();
  fill(main, first === 0 ? el('p', { class: 'hint' }, t('trail.none')) : view, first === 0 ? null : more);
}
