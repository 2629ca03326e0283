import { badge, el, fill, row, table } from './dom.js';
import { number, t, time } from './text.js';

/** Whether everything is in place, and what to do where it is not. */
export async function status(main, api) {
  const { databases, gate, adminEvents, problems, scryptImplementation, mailedLinks, versions } = await api.get('status');
  const names = [t('status.part'), t('status.state'), t('status.details')];
  const line = (part, good, details) =>
    row(names, [part, good ? badge(t('status.good'), 'green') : badge(t('status.bad'), 'red'), lines(details)], ['long', 'tight', 'long']);
  const fact = (part, text) => row(names, [part, '', text], ['long', 'tight', 'long']);
  fill(
    main,
    table(t('nav.status'), names, [
      ...databases.map((database) => line(t('status.database', database.component), database.reachable && database.problems.length === 0, details(database))),
      databases.length === 0 ? line(t('status.databases'), false, [t('status.noDatabase')]) : null,
      line(t('status.requiredAction'), gate.requiredAction, gate.requiredAction ? [] : [t('status.noRequiredAction')]),
      line(t('status.userinfo'), gate.userinfoPolicy, gate.userinfoPolicy ? [] : [t('status.noUserinfo')]),
      line(t('status.adminEvents'), adminEvents, adminEvents ? [] : [t('status.noAdminEvents')]),
      line(t('status.providers'), problems.length === 0, problems),
      fact(t('status.mailedLinks'), mailedLinks),
      fact(t('status.scrypt'), scryptImplementation),
      fact(t('status.versions'), versions.accessTier + ' / Keycloak ' + versions.keycloak),
    ].filter(Boolean)),
  );
}

function details({ reachable, problems, missing, pool, changes }) {
  return [
    ...(reachable || problems.length > 0 ? [] : [t('status.unreachable')]),
    ...problems,
    ...missing,
    ...(pool ? [t('status.pool', number(pool.active), number(pool.max), number(pool.waiting))] : []),
    ...(changes ? [t('status.changes', number(changes.seconds))] : []),
    ...(changes && !changes.indexed ? [t('status.noIndex')] : []),
    ...(changes && !changes.hinted ? [t('status.noHint')] : []),
    ...(changes?.lookedAt ? [t('status.lookedAt', time(changes.lookedAt))] : []),
  ];
}

const lines = (texts) => (texts.length === 0 ? '' : el('ul', {}, ...texts.map((text) => el('li', {}, text))));
