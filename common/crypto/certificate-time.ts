import { type Fields, tag } from '../bytes/der.js';
import { WireError } from '../errors.js';

const DIGITS = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/**
 * The next field of a validity (RFC 5280, 4.1.2.5): UTCTime YYMMDDHHMMSSZ, where a year from 50 on is of the
 * 20th century, or GeneralizedTime YYYYMMDDHHMMSSZ; seconds always, no fractions, no zones.
 * Throws WireError 'malformed'.
 */
export function readTime(fields: Fields): Date {
  const utc = fields.optional(tag.utcTime)?.content.toString('latin1');
  const text = utc === undefined
    ? fields.next(tag.generalizedTime).content.toString('latin1')
    : `${Number(utc.slice(0, 2)) >= 50 ? '19' : '20'}${utc}`;
  const [, year, month, day, hour, minute, second] = DIGITS.exec(text) ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().replace(/[-:T]|\.000/g, '') !== text) {
    throw new WireError('malformed', 'a date in it is not one');
  }
  return date;
}
