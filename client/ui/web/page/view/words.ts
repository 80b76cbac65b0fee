const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const dayAndYear = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' });
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium' });

/** Beyond these a date is no date: a sender may say anything. */
const TIME_MAX = 8.64e15;

const at = (ms: number): Date => new Date(Math.abs(ms) <= TIME_MAX ? ms : 0);

/** The same for all times of one day, here. */
export const dayKey = (ms: number): string => at(ms).toDateString();

export const timeOf = (ms: number): string => time.format(at(ms));

export const fullTime = (ms: number): string => full.format(at(ms));

export const iso = (ms: number): string => at(ms).toISOString();

/** `Today`, `Yesterday`, `Friday 20 November`. */
export function dayOf(ms: number, now: number): string {
  const then = at(ms);
  const yesterday = at(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (dayKey(ms) === dayKey(now)) return 'Today';
  if (then.toDateString() === yesterday.toDateString()) return 'Yesterday';
  return (then.getFullYear() === at(now).getFullYear() ? day : dayAndYear).format(then);
}

/** For a list: the time of today, else the day. */
export const shortTime = (ms: number, now: number): string =>
  (dayKey(ms) === dayKey(now) ? timeOf(ms) : shortDay.format(at(ms)));

/** `21 November 2026` of a date in ISO 8601; what is no date comes back as it is. */
export function dateFrom(text: string): string {
  const then = new Date(text);
  return Number.isNaN(then.getTime()) ? text : date.format(then);
}

/** `7 s`, `2 min`. */
export function pause(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** Hexadecimal in groups of four. */
export const grouped = (hex: string): string => hex.replace(/(.{4})(?=.)/g, '$1 ');

export const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
