import { button, choices, el, fill, framed } from './dom.js';
import { number, t } from './text.js';

export const SIZES = ['25', '50', '100', '200'];

/**
 * The way through the pages of a list. It stays in place, so that the focus does.
 *
 * @param {(first: number, size: number) => void} go
 * @returns {{ element: Node, show(first: number, size: number, total: number): void }}
 */
export function pager(go) {
  let at = { first: 0, size: 50, total: 0 };
  const to = (first) => go(Math.max(0, first), at.size);
  const back = button(t('back'), () => to(at.first - at.size));
  const next = button(t('next'), () => to(at.first + at.size));
  const range = el('span', {});
  const page = el('input', {
    type: 'number',
    min: '1',
    'aria-label': t('page'),
    onchange: () => {
      const last = Math.max(1, Math.ceil(at.total / at.size));
      to((Math.min(last, Math.max(1, Math.trunc(Number(page.value)) || 1)) - 1) * at.size);
    },
  });
  const pages = el('span', {});
  const size = choices(SIZES.map((one) => [one, t('perPage', one)]), '50', {
    'aria-label': t('pageSize'),
    onchange: () => {
      const wanted = Number(size.value);
      go(Math.floor(at.first / wanted) * wanted, wanted);
    },
  });
  const element = el(
    'nav',
    { class: 'pager', 'aria-label': t('pages') },
    back,
    range,
    next,
    el('span', { class: 'jump' }, t('page'), framed(page), pages),
    framed(size),
  );
  return {
    element,
    show(first, count, total) {
      at = { first, size: count, total };
      fill(range, t('range', number(total === 0 ? 0 : first + 1), number(Math.min(total, first + count)), number(total)));
      page.value = String(Math.floor(first / count) + 1);
      page.max = String(Math.max(1, Math.ceil(total / count)));
      fill(pages, t('ofPages', number(Math.max(1, Math.ceil(total / count)))));
      size.value = String(count);
      back.disabled = first === 0;
      next.disabled = first + count >= total;
    },
  };
}
