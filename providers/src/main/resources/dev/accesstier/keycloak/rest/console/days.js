/** The moment at which a day of the reader's begins, as the API wants it; empty where there is none. */
export const beginOf = (day) => day && new Date(day + 'T00:00:00').toISOString();

/** The moment at which it ends. */
export const endOf = (day) => day && new Date(day + 'T23:59:59.999').toISOString();
