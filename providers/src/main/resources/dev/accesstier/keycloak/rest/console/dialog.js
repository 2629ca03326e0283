import { el } from './dom.js';

let last = 0;

/**
 * Shows something above the page. Escape closes it.
 *
 * @param {string} title
 * @param {Node[]} content
 * @param {(close: () => void) => Node[]} buttons
 * @returns {HTMLDialogElement}
 */
export function openDialog(title, content, buttons) {
  const id = 'dialog-' + ++last;
  const dialog = /** @type {HTMLDialogElement} */ (
    el(
      'dialog',
      { 'aria-labelledby': id, onclose: () => dialog.remove() },
      el('h2', { id, tabindex: '-1', autofocus: true }, title),
      el('div', { class: 'content', tabindex: '0' }, ...content),
      el('div', { class: 'buttons' }, ...buttons(() => dialog.close())),
    )
  );
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
