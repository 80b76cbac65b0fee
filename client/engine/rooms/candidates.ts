import type { Members } from '../../../common/rooms/members.js';
import type { Epoch } from './epoch.js';

/** Who leads a round, and whether one is due (docs/PROTOCOL.md part 10, A round). */

export interface Standing {
  readonly members: Members;
  /** Those present, in the order in which they came. */
  readonly present: readonly string[];
  readonly epoch: Pick<Epoch, 'number' | 'names' | 'due'> | undefined;
  /** Participants that were gone, or no members, since the epoch began: they do not have its keys any more. */
  readonly lost: ReadonlySet<string>;
  /** Who did not take part in the last round, and has not asked since. */
  readonly leftOut: ReadonlySet<string>;
  /** Leaders that were away or too slow since the last epoch. */
  readonly failed: ReadonlySet<string>;
  /** How many rounds each has begun since the last epoch. */
  readonly led: ReadonlyMap<string, number>;
}

/** Rounds that one member may begin without an epoch in the end. */
const LED_MAX = 4;

/** One that only begins would keep all others from an end; where all have, they begin anew. */
export function mayLead({ members, present, led }: Standing, username: string): boolean {
  const worn = (name: string) => (led.get(name) ?? 0) >= LED_MAX;
  return !worn(username) || present.every((name) => worn(name) || !members.some((member) => member.username === name));
}

/** Who can take part now, in the order of the list. */
export function invited({ members, present, leftOut }: Standing): string[] {
  return members.map(({ username }) => username).filter((name) => present.includes(name) && !leftOut.has(name));
}

export function isDue(standing: Standing): boolean {
  const names = invited(standing);
  if (names.length < 2) return false;
  const { epoch, members, lost } = standing;
  if (!epoch) return true;
  const hasKeys = (name: string) => epoch.names.includes(name) && !lost.has(name);
  const isMember = (name: string) => members.some(({ username }) => username === name);
  return epoch.due || !names.every(hasKeys) || !epoch.names.every(isMember);
}

/** The first of them begins, each next one later. */
export function candidates(standing: Standing): string[] {
  const { epoch, present, failed, lost } = standing;
  const names = invited(standing).filter((name) => mayLead(standing, name));
  const before = names.filter((name) => epoch?.names.includes(name) && !lost.has(name));
  const place = before.length > 0 ? epoch!.number % before.length : 0;
  const all = before.length > 0
    ? [...before.slice(place), ...before.slice(0, place)]
    : present.filter((name) => names.includes(name));
  const fresh = all.filter((name) => !failed.has(name));
  return fresh.length > 0 ? fresh : all;
}
