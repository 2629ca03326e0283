import { translated } from './api.js';
import { button, choices, el, fill, labelled, row, save, table } from './dom.js';
import { openDialog } from './dialog.js';
import { userTiers } from './choice.js';
import { beginOf, endOf } from './days.js';
import { say } from './message.js';
import { number, t, tier } from './text.js';

const LOT = 200;
const SHOWN = 100;

/**
 * Many users at once: those that are ticked, all that match, or those of a file. What would happen
 * is shown before anything does.
 *
 * @param {import('./api.js').Api} api
 * @param {{ filter(): { [name: string]: string }, reload(): Promise<unknown> }} list
 */
export function bulk(api, { filter, reload }) {
  const chosen = new Set();
  let shown = [];
  let total = 0;
  let everyone = false;

  const count = el('span', { role: 'status' });
  const tierList = choices(userTiers(), 'beta');
  const reason = el('input', { type: 'text', maxlength: '1000' });
  const matching = button('', () => {
    everyone = true;
    update();
  }, 'link');
  const none = button(t('bulk.none'), () => {
    chosen.clear();
    everyone = false;
    update();
  }, 'link');
  const form = el(
    'form',
    { class: 'filter bulk', onsubmit: (event) => (event.preventDefault(), foresee()) },
    el('p', {}, count, ' ', matching, ' ', none),
    labelled(t('bulk.tier'), tierList),
    labelled(t('reason.optional'), reason),
    el('button', { type: 'submit', class: 'pf-v5-c-button pf-m-primary' }, t('bulk.preview')),
  );
  const file = el('input', { type: 'file', accept: '.csv,text/csv', class: 'file', onchange: importFile });
  const head = el('input', {
    type: 'checkbox',
    onchange: () => {
      shown.forEach((id) => (head.checked ? chosen.add(id) : chosen.delete(id)));
      update();
    },
  });
  const page = el('label', { class: 'check' }, head, ' ', t('bulk.all'));
  const files = el(
    'p',
    { class: 'files' },
    page,
    ' ',
    button(t('csv.export'), () => exportFile().catch(complain), 'link'),
    el('label', { class: 'pf-v5-c-button pf-m-link' }, t('csv.import'), file),
  );
  const element = el('div', {}, files, form);

  const complain = (error) => say(error.message, { bad: true });

  function update() {
    const size = everyone ? total : chosen.size;
    form.hidden = size === 0;
    fill(count, t('bulk.chosen', number(size)));
    matching.textContent = t('bulk.matching', number(total));
    matching.hidden = everyone || total <= chosen.size;
    for (const box of element.parentElement?.querySelectorAll('input[data-user]') ?? []) {
      const one = /** @type {HTMLInputElement} */ (box);
      one.checked = everyone || chosen.has(one.dataset.user);
      one.disabled = everyone;
    }
    head.checked = everyone || (shown.length > 0 && shown.every((id) => chosen.has(id)));
    head.disabled = everyone;
    page.hidden = shown.length === 0;
  }

  /** What the form says now; what is shown and what is done afterwards are both of this. */
  function wanted() {
    const to = { tier: tierList.value, reason: reason.value.trim() };
    return { ...to, filter: everyone ? matchingFilter() : null, ids: [...chosen] };
  }

  function matchingFilter() {
    const { createdFrom, createdUntil, secondFactor, emailVerified, enabled, ...words } = filter();
    const flags = Object.entries({ secondFactor, emailVerified, enabled })
      .filter(([, value]) => value)
      .map(([name, value]) => [name, value === 'true']);
    return {
      ...words,
      ...Object.fromEntries(flags),
      ...(createdFrom && { createdFrom: beginOf(createdFrom) }),
      ...(createdUntil && { createdUntil: endOf(createdUntil) }),
    };
  }

  /**
   * In lots, so that one sees how far it is; all that match are one request of their own.
   *
   * @param {ReturnType<typeof wanted>} what
   * @param {boolean} dryRun
   * @param {(at: number, of: number) => void} [progress]
   */
  async function run({ ids, filter: matching, ...to }, dryRun, progress) {
    if (matching) {
      return api.post('users/tier', { ...to, filter: matching, all: Object.keys(matching).length === 0, dryRun });
    }
    const sum = { matched: 0, changed: 0, unchanged: 0, failed: [], failedLeftOut: 0 };
    for (let from = 0; from < ids.length; from += LOT) {
      const lot = await api.post('users/tier', { ...to, ids: ids.slice(from, from + LOT), dryRun });
      for (const key of ['matched', 'changed', 'unchanged', 'failedLeftOut']) {
        sum[key] += lot[key];
      }
      sum.failed.push(...lot.failed);
      progress?.(Math.min(ids.length, from + LOT), ids.length);
    }
    return sum;
  }

  async function foresee() {
    const what = wanted();
    try {
      const foreseen = await run(what, true);
      if (element.isConnected) {
        confirm(t('bulk.title', tier(what.tier)), foreseen, (progress) => run(what, false, progress));
      }
    } catch (error) {
      complain(error);
    }
  }

  function confirm(title, foreseen, start) {
    const progress = el('progress', { 'aria-label': t('bulk.running') });
    const content = el('div', {}, outcome(foreseen, 'would'));
    const go = button(t('bulk.run', number(foreseen.changed)), async () => {
      go.disabled = true;
      shut.disabled = true;
      // Escape would leave what runs without anybody to tell.
      dialog.addEventListener('cancel', (event) => shut.disabled && event.preventDefault());
      fill(content, el('p', { role: 'status' }, t('bulk.running')), progress);
      try {
        const done = await start((at, of) => Object.assign(progress, { value: at, max: of }));
        fill(content, outcome(done, 'done'));
        go.remove();
        chosen.clear();
        everyone = false;
      } catch (error) {
        fill(content, el('p', { role: 'alert' }, error.message));
      }
      shut.disabled = false;
      // What was done before a failure is done.
      await reload().catch(complain);
    }, 'primary');
    go.disabled = foreseen.changed === 0;
    const shut = button(t('close'), () => dialog.close(), 'link');
    const dialog = openDialog(title, [content], () => [go, shut]);
  }

  async function exportFile() {
    save(await api.file('users/tiers.csv'), 'tiers.csv');
  }

  async function importFile() {
    const given = file.files[0];
    file.value = '';
    if (!given) {
      return;
    }
    try {
      const body = new Blob([await given.arrayBuffer()], { type: 'text/csv' });
      const foreseen = await api.post('users/tiers.csv', body, { dryRun: 'true' });
      confirm(t('csv.title', given.name), foreseen, () => api.post('users/tiers.csv', body));
    } catch (error) {
      complain(error);
    }
  }

  update();
  return {
    element,
    show(users, all) {
      shown = users.filter((user) => user.manageable).map((user) => user.id);
      total = all;
      queueMicrotask(update);
    },
    box: (id, name) =>
      el('input', {
        type: 'checkbox',
        'data-user': id,
        'aria-label': t('bulk.choose', name),
        onchange: (event) => {
          if (event.target.checked) {
            chosen.add(id);
          } else {
            chosen.delete(id);
          }
          update();
        },
      }),
  };
}

/** What would happen, or has happened, and what of it would not. */
function outcome({ changed, unchanged, failed, failedLeftOut }, when) {
  const failures = failed.length + failedLeftOut;
  const headings = [t('bulk.who'), t('bulk.why')];
  return el(
    'div',
    {},
    el('p', { role: 'status' }, t('bulk.' + when, number(changed), number(unchanged), number(failures))),
    failures === 0
      ? null
      : table(
          t('bulk.why'),
          headings,
          failed
            .slice(0, SHOWN)
            .map(({ id, line, error, code }) => row(headings, [line ? t('csv.line', line) : id, translated(code) ?? error])),
        ),
  );
}
