import type { Clock } from '../../../common/clock.js';
import type { PublicIdentity } from '../../../common/crypto/identity.js';
import { verifyChange } from '../../../common/crypto/room-change.js';
import { WireError } from '../../../common/errors.js';
import { checkMembers, memberOf, type Members } from '../../../common/rooms/members.js';
import type { ErrorName } from '../../../common/wire/commands.js';
import type { RelayLimits } from '../../../common/wire/limits.js';
import { actions, type Change } from '../../../common/wire/room-change.js';
import { FadingMap } from '../fading-map.js';
import { Rates } from '../rate.js';
import type { Room } from './room.js';

export interface ChangeDeskOptions {
  readonly limits: Pick<RelayLimits, 'changes' | 'changesWindowMs' | 'readdMs'>;
  readonly clock: Clock;
  /** The key that the relay has for a user, online or not. */
  readonly identityOf: (username: string) => PublicIdentity | undefined;
}

type Fault = readonly [ErrorName, string];

/** Checks changes of members (docs/PROTOCOL.md part 10, Changes), and how many there are. */
export class ChangeDesk {
  readonly #rates: Rates;
  /** "room name" → until when who is out of it is not added again. It outlives the room. */
  readonly #out: FadingMap<{ until: number }>;

  constructor(private readonly own: ChangeDeskOptions) {
    const { limits: { changes, changesWindowMs }, clock } = own;
    this.#rates = new Rates({ rateMessages: changes, rateWindowMs: changesWindowMs }, clock);
    this.#out = new FadingMap(() => ({ until: -Infinity }), ({ until }) => until <= clock.now());
  }

  /**
   * Why a change cannot be taken, or undefined. Changes nothing.
   * Throws WireError 'malformed' for a signature that does not fit: nobody hands in what he has not checked.
   */
  whyNot(room: Room, change: Change, sender: string): Fault | undefined {
    return whyNoMake(change)
      ?? (room.head ? this.#whyNoNext(room, change) : this.#whyNoFirst(change, sender))
      ?? this.#whyTooSoon(room, change)
      ?? this.#whyNotSigned(room, change);
  }

  #whyNoNext({ name, head, members }: Room, change: Change): Fault | undefined {
    const { number, previous } = change;
    const isNext = number === head!.number + 1 && previous.equals(head!.hash);
    if (!isNext) return ['notTheHead', `The members of ${name} have changed meanwhile.`];
    return whyNoList(members, change) ?? this.#whyNoTarget(change);
  }

  /** A new room, or one that its members had before this relay was started: then their head is believed. */
  #whyNoFirst(change: Change, sender: string): Fault | undefined {
    const { action, author, members } = change;
    const own = action === actions.make ? author === sender : this.#hasOwnKey(members, sender) && !hasTwice(members);
    if (!own) return ['notAMember', 'The first change of a room is of one of its members.'];
    return action === actions.make ? whyNoList([], change) : undefined;
  }

  #hasOwnKey(members: Members, username: string): boolean {
    const key = this.own.identityOf(username);
    return key !== undefined && (memberOf(members, username)?.fingerprint.equals(key.fingerprint) ?? false);
  }

  #whyNoTarget({ action, target, targetKey }: Change): Fault | undefined {
    if (action !== actions.add) return undefined;
    const known = this.own.identityOf(target)?.fingerprint.equals(targetKey);
    return known ? undefined : ['notOnline', `There is no ${target} with this key.`];
  }

  #whyTooSoon({ name }: Room, { action, author, target }: Change): Fault | undefined {
    if (this.#rates.wait(author) > 0) return ['limit', `${author} has changed members too often: wait some seconds.`];
    const wait = (this.#out.peek(`${name} ${target}`)?.until ?? -Infinity) - this.own.clock.now();
    if (action !== actions.add || wait <= 0) return undefined;
    return ['limit', `${target} was in ${name} until now: wait ${Math.ceil(wait / 1000)} s.`];
  }

  #whyNotSigned({ name }: Room, change: Change): Fault | undefined {
    const { author, authorKey } = change;
    const key = this.own.identityOf(author);
    if (!key) return ['notOnline', `${author} is not known.`];
    if (!key.fingerprint.equals(authorKey)) return ['notAMember', `${author} has another key.`];
    verifyChange(name, change, key);
    return undefined;
  }

  /** A change was taken: it counts. */
  note({ name }: Room, { action, author, target }: Change): void {
    this.#rates.count(author);
    if (action !== actions.leave && action !== actions.remove) return;
    this.#out.of(`${name} ${target}`).until = this.own.clock.now() + this.own.limits.readdMs;
  }
}

/** Whoever could make a room that has members would be the only one in it. */
function whyNoMake({ number, action }: Change): Fault | undefined {
  const fits = (number === 0) === (action === actions.make);
  return fits ? undefined : ['notTheHead', 'A make, and no other change, has number 0.'];
}

function whyNoList(before: Members, change: Change): Fault | undefined {
  try {
    checkMembers(before, change);
    return undefined;
  } catch (fault) {
    if (!(fault instanceof WireError)) throw fault;
    return ['notAMember', fault.message];
  }
}

const hasTwice = (members: Members) => new Set(members.map(({ username }) => username)).size < members.length;
