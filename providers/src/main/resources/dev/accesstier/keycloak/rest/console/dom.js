export const byId = (id) => document.getElementById(id);

const SVG = 'http://www.w3.org/2000/svg';

function make(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  // Text becomes a text node, never markup, whatever is in it.
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const el = (tag, attributes = {}, ...children) =>
  make(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  make(document.createElementNS(SVG, tag), attributes, children);

export const fill = (element, ...children) => element.replaceChildren(...children.filter(Boolean));

/**
 * @param {string} text
 * @param {(event: Event) => void} onclick
 * @param {string} kind of PatternFly: primary, secondary, link, danger
 * @param {object} attributes
 */
export const button = (text, onclick, kind = 'secondary', attributes = {}) =>
  el('button', { type: 'button', class: 'pf-v5-c-button pf-m-' + kind, onclick, ...attributes }, text);

export const submit = (text, kind = 'primary') =>
  el('button', { type: 'submit', class: 'pf-v5-c-button pf-m-' + kind }, text);

/** An input or a list as PatternFly frames it. */
export const framed = (control) =>
  el('span', { class: 'pf-v5-c-form-control' }, control, control.tagName === 'SELECT' ? arrow() : null);

const arrow = () =>
  el(
    'span',
    { class: 'pf-v5-c-form-control__utilities' },
    el(
      'span',
      { class: 'pf-v5-c-form-control__toggle-icon' },
      svg('svg', { viewBox: '0 0 10 6', 'aria-hidden': 'true' }, svg('path', { d: 'M0 0h10L5 6z' })),
    ),
  );

/** A control with its label above it. */
export const labelled = (text, control) =>
  el('label', { class: 'field' }, el('span', {}, text), framed(control));

/**
 * @param {string[][]} options value and text
 * @param {string} chosen
 */
export const choices = (options, chosen, attributes = {}) =>
  el(
    'select',
    attributes,
    ...options.map(([value, text]) => el('option', { value, selected: value === chosen }, text)),
  );

/** A word that stands out, in one of PatternFly's colours. */
export const badge = (text, colour = 'grey') =>
  el(
    'span',
    { class: 'pf-v5-c-label pf-m-compact pf-m-' + colour },
    el('span', { class: 'pf-v5-c-label__content' }, text),
  );

/** A link to a page of Keycloak's own console. */
export const outside = (text, name, href) =>
  el(
    'a',
    { class: 'pf-v5-c-button pf-m-link', href, target: '_blank', rel: 'noopener', 'aria-label': text + ': ' + name },
    text,
  );

/**
 * A table with a caption for those who do not see it.
 *
 * @param {string} caption
 * @param {(string | Node)[]} headings
 * @param {Node[]} rows
 */
export function table(caption, headings, rows) {
  return el(
    'table',
    { class: 'pf-v5-c-table pf-m-compact pf-m-grid-lg' },
    el('caption', {}, caption),
    el(
      'thead',
      { class: 'pf-v5-c-table__thead' },
      el('tr', { class: 'pf-v5-c-table__tr' }, ...headings.map(heading)),
    ),
    el('tbody', { class: 'pf-v5-c-table__tbody' }, ...rows),
  );
}

const heading = (content) =>
  content instanceof Element && content.tagName === 'TH'
    ? content
    : el('th', { class: 'pf-v5-c-table__th pf-m-wrap', scope: 'col' }, content);

/**
 * A row whose cells know their heading, for narrow screens. The first one is what the row is about.
 *
 * @param {string[]} headings
 * @param {(string | Node)[]} cells
 * @param {string[]} kinds classes of the cells, by which long texts may break and short ones not
 */
export function row(headings, cells, kinds = []) {
  return el(
    'tr',
    { class: 'pf-v5-c-table__tr' },
    ...cells.map((cell, i) =>
      el(
        i === 0 ? 'th' : 'td',
        {
          class: 'pf-v5-c-table__' + (i === 0 ? 'th ' : 'td ') + (kinds[i] ?? ''),
          'data-label': headings[i],
          ...(i === 0 && { scope: 'row' }),
        },
        cell,
      ),
    ),
  );
}

/** Saves a file that was fetched. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  el('a', { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}
