// What was chosen and typed and is not saved yet, by whom or what it is about. It outlives a change
// of the view, and the way to the login page where a session has ended meanwhile.

const KEPT = 'access-tier-console.drafts';

const drafts = new Map(Object.entries(JSON.parse(sessionStorage.getItem(KEPT) ?? '{}')));
sessionStorage.removeItem(KEPT);

export const draft = (key) => drafts.get(key);
export const keepDraft = (key, value) => drafts.set(key, value);
export const dropDraft = (key) => drafts.delete(key);

/** Before the page goes away. */
export function saveDrafts() {
  if (drafts.size > 0) {
    sessionStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(drafts)));
  }
}
