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

/** A table with a caption for those who do not see it. */
export function table(caption, headings, rows) {
  return el(
    'div',
    { class: 'table' },
    el(
      'table',
      {},
      el('caption', {}, caption),
      el('thead', {}, el('tr', {}, ...headings.map((text) => el('th', { scope: 'col' }, text)))),
      el('tbody', {}, ...rows),
    ),
  );
}

/** A row whose cells know their heading, for narrow screens. */
export function row(headings, cells) {
  return el(
    'tr',
    {},
    ...cells.map((cell, i) => el(i === 0 ? 'th' : 'td', { 'data-label': headings[i], ...(i === 0 && { scope: 'row' }) }, cell)),
  );
}
