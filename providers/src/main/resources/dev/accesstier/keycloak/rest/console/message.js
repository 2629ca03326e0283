import { byId } from './dom.js';

/** Says something to everyone, screen readers included; the empty text takes it back. */
export function say(text, bad = false) {
  const message = byId('message');
  message.textContent = text;
  message.className = text === '' ? '' : bad ? 'bad' : 'good';
}
