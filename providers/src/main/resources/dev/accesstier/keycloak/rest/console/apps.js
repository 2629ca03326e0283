import { el, fill, row, table } from './dom.js';
import { say } from './message.js';
import { number, t } from './text.js';
import { tierChoice, APP_TIERS } from './choice.js';
import { historyButton } from './history.js';

export async function apps(main, api) {
  const headings = ['app', 'clientId', 'required', 'access', 'trail'].map((key) => t(key));
  const list = el('section', { 'aria-label': t('nav.apps') });

  const path = (clientId) => 'clients/' + encodeURIComponent(clientId) + '/required-tier';
  /** @param {{ clientId: string, name?: string, requiredTier: string, archived?: boolean, usersWithAccess: ?number }} app */
  const line = ({ clientId, name, requiredTier, archived, usersWithAccess }) => {
    const access = el('span', {}, usersWithAccess === null ? '' : number(usersWithAccess));
    return row(headings, [
      (name || clientId) + (archived ? ' (' + t('archived') + ')' : ''),
      clientId,
      tierChoice(requiredTier, name || clientId, APP_TIERS, async (value, reason) => {
        await api.put(path(clientId), { requiredTier: value, reason });
        access.textContent = await counted(clientId);
      }),
      access,
      historyButton(api, path(clientId) + '/history', name || clientId),
    ]);
  };

  // Empty where nothing is required, or where it cannot be asked: the tier is changed all the same.
  async function counted(clientId) {
    const now = await api.get('clients').catch(() => []);
    const client = now.find((one) => one.clientId === clientId);
    return client ? number(client.usersWithAccess) : '';
  }

  const gated = await api.get('clients');
  fill(list, table(t('nav.apps'), headings, gated.map(line)));

  const another = el('input', { type: 'text', required: true, maxlength: '255' });
  const form = el(
    'form',
    {
      class: 'filter',
      onsubmit: async (event) => {
        event.preventDefault();
        try {
          const { clientId, requiredTier } = await api.get(path(another.value.trim()));
          list.querySelector('tbody').append(line({ clientId, requiredTier, usersWithAccess: null }));
          list.querySelector('tbody tr:last-child select').focus();
          say('');
        } catch (error) {
          say(error.message, true);
        }
      },
    },
    el('label', {}, t('apps.another'), another),
    el('button', { type: 'submit' }, t('add')),
  );
  fill(main, list, form);
}
