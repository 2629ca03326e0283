let texts = {};

export const TIERS = ['guest', 'public', 'beta', 'alpha', 'founder'];

export async function loadTexts(language) {
  const response = await fetch(new URL(language + '.json', import.meta.url));
  texts = await response.json();
}

/** The text of that key, with {0} and so on filled in. */
export const t = (key, ...values) =>
  (texts[key] ?? key).replace(/\{(\d)\}/g, (all, i) => values[Number(i)] ?? all);

export const number = (value) => new Intl.NumberFormat(document.documentElement.lang).format(value);

export const time = (iso) =>
  new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(new Date(iso));

export const date = (iso) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium' }).format(new Date(iso));

/** What a tier is called; its own name where nobody knows it. */
export const tier = (value) => (TIERS.includes(value) ? t('tier.' + value) : value);
