import { button, choices, el, fill, labelled, row, save, table } from './dom.js';
import { note, read } from './address.js';
import { userTiers } from './choice.js';
import { beginOf, endOf } from './days.js';
import { change } from './history.js';
import { say } from './message.js';
import { number, t, time } from './text.js';

const PAGE = 100;
const SOURCES = ['console', 'api', 'bulk', 'csv', 'legacy', 'second_factor'];
const FILTERS = ['user', 'client', 'by', 'tier', 'source', 'from', 'until'];
const KINDS = ['tight', 'long', 'tight', 'long', 'long', 'tight'];

/** Every change, newest first; those of one bulk change are one line that opens. */
export async function trail(main, api) {
  const { query } = read();
  const asked = Object.fromEntries(FILTERS.map((name) => [name, query[name] ?? '']));
  const names = ['when', 'subject', 'change', 'by', 'reason', 'source'].map((key) => t(key));
  const list = el('section', { 'aria-label': t('nav.trail') });
  const complain = (error) => list.isConnected && say(error.message, { bad: true });
  const more = button(t('more'), () => load().catch(complain));
  let entries = [];
  let latest = 0;

  async function load(anew = false) {
    const mine = ++latest;
    note('trail', asked);
    let page;
    try {
      page = await api.get('history', { ...conditions(), first: anew ? 0 : entries.length, max: PAGE });
    } catch (error) {
      if (mine === latest && anew) {
        // Nobody shall take the old rows for an answer.
        entries = [];
        more.hidden = true;
        fill(list);
      }
      throw error;
    }
    if (mine !== latest) {
      return;
    }
    entries = anew ? page : [...entries, ...page];
    more.hidden = page.length < PAGE;
    fill(
      list,
      entries.length === 0 ? el('p', {}, t('trail.none')) : table(t('nav.trail'), names, groups(entries).map(line)),
    );
  }

  const conditions = () => ({
    ...asked,
    from: beginOf(asked.from),
    until: endOf(asked.until),
  });

  const cells = ({ subject, id, name, change: one }) => [
    time(one.at),
    t('subject.' + subject) + ' ' + (name ?? id),
    change(one),
    one.by ?? t('nobody'),
    one.reason ?? '',
    t('source.' + one.source),
  ];

  function line(group) {
    const newest = cells(group[0]);
    if (group.length > 1) {
      newest[1] = el(
        'details',
        {},
        el('summary', {}, t('trail.users', number(group.length))),
        el('ul', {}, ...group.map((one) => el('li', {}, (one.name ?? one.id) + ': ' + change(one.change)))),
      );
      newest[2] = '→ ' + change(group[0].change).split(' → ').at(-1);
    }
    return row(names, newest, KINDS);
  }

  const narrow = (changed) => {
    Object.assign(asked, changed);
    say('');
    load(true).catch(complain);
  };
  const text = (name) =>
    labelled(
      t('filter.' + name),
      el('input', { type: 'search', maxlength: '255', value: asked[name], onchange: (event) => narrow({ [name]: event.target.value.trim() }) }),
    );
  const day = (name) =>
    labelled(
      t('filter.' + name),
      el('input', { type: 'date', value: asked[name], onchange: (event) => narrow({ [name]: event.target.value }) }),
    );
  const oneOf = (name, options) =>
    labelled(
      t(name),
      choices([['', t('all')], ...options], asked[name], { onchange: (event) => narrow({ [name]: event.target.value }) }),
    );
  const form = el(
    'form',
    { class: 'filter', role: 'search', onsubmit: (event) => event.preventDefault() },
    text('user'),
    text('client'),
    text('by'),
    oneOf('tier', userTiers()),
    oneOf('source', SOURCES.map((source) => [source, t('source.' + source)])),
    day('from'),
    day('until'),
    button(t('csv.export'), async () => {
      try {
        save(await api.file('history.csv', conditions()), 'history.csv');
      } catch (error) {
        complain(error);
      }
    }, 'link'),
  );
  fill(main, form, list, more);
  await load(true);
}

/** What one bulk change or one file did stands together in the trail, as it was written at once. */
function groups(entries) {
  const found = [];
  for (const entry of entries) {
    const group = found.at(-1);
    if (group && ['bulk', 'csv'].includes(entry.change.source) && together(group[0].change, entry.change)) {
      group.push(entry);
    } else {
      found.push([entry]);
    }
  }
  return found;
}

const MINUTES = 10 * 60_000;

const together = (one, other) =>
  ['source', 'by', 'byClient', 'reason', 'to'].every((key) => one[key] === other[key]) &&
  Math.abs(Date.parse(one.at) - Date.parse(other.at)) < MINUTES;
