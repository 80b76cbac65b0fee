const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June',
  'July', 'August', 'September', 'October', 'November', 'December',
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** `Saturday 21 November 2026`, by the local clock. */
export function dayOf(at: Date): string {
  return `${DAYS[at.getDay()]} ${shortDay(at)}`;
}

/** `21 November 2026` of a date in ISO 8601; what is no date comes back as it is. */
export function dayFrom(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : shortDay(at);
}

/** `2 s`, `1 min`. */
export function pause(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

const shortDay = (at: Date): string => `${at.getDate()} ${MONTHS[at.getMonth()]} ${at.getFullYear()}`;
