import { until } from '../until.js';
import { login, type LoginOptions } from './login.js';
import type { Target } from './line.js';
import type { Person } from './primitives.js';
import { action } from './room-change.js';
import { RoomMember } from './room-member.js';
import type { Session } from './session.js';

/** Attackers who are all members of one room: each is pumped while something is waited for. */
export class RoomCrowd {
  readonly members: RoomMember[] = [];

  constructor(readonly room: string) {}

  /** Logs in, without entering the room. */
  async come(target: Target, name: string, person: Person, options: Partial<LoginOptions> = {}): Promise<RoomMember> {
    return this.take(await login(target, name, { person, ...options }), person);
  }

  take(session: Session, person: Person): RoomMember {
    const member = new RoomMember(session, this.room, person);
    this.members.push(member);
    return member;
  }

  /** The first makes the room and adds the others, who enter one after another. */
  async gather(): Promise<void> {
    const [first, ...others] = this.members as [RoomMember, ...RoomMember[]];
    await this.enter(first);
    first.make();
    await this.until('the room', () => first.head !== undefined);
    first.ask(others.map(({ name }) => name));
    await this.until('keys', () => others.every(({ name }) => first.keys.has(name)));
    for (const each of others) {
      first.change(action.add, each.name);
      await this.until(`${each.name} as a member`, () => first.names.includes(each.name));
      await this.enter(each);
      await this.until(`the head for ${each.name}`, () => each.head !== undefined);
    }
    await this.until('all', () => this.members.every(({ present }) => present.length === this.members.length));
  }

  async enter(member: RoomMember): Promise<void> {
    member.join();
    await this.until(`${member.name} in the room`, () => member.present.includes(member.name));
  }

  /** A round that one of them leads. @returns the number that all have then */
  async secure(leader: RoomMember, names?: readonly string[]): Promise<string> {
    const before = this.members.map(({ epoch }) => epoch);
    const round = leader.lead(names);
    const inside = this.members.filter(({ name }) => round.start.names.includes(name));
    await this.until('a new epoch', () => inside.every((each) => each.epoch !== before[this.members.indexOf(each)]));
    return leader.epoch!.number;
  }

  async until(what: string, holds: () => boolean, ms?: number): Promise<void> {
    const pumped = () => {
      for (const each of this.members) each.pump();
      return holds();
    };
    await until(what, pumped, ms).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.members.map((each) => each.state).join('\n')}`);
    });
  }

  /** All that was said by now has come, and was read by all. */
  async settle(): Promise<void> {
    for (const each of this.members) {
      each.session.heard.unshift(...await each.session.settled());
      each.pump();
    }
  }
}
