import { parseCertificate } from '../../../common/crypto/certificate.js';
import { safetyNumber } from '../../../common/crypto/safety-number.js';
import { errorCodes, type ServerPayload } from '../../../common/wire/commands.js';
import { ROOM_CONTENT_MAX } from '../../../common/wire/room-record.js';
import { memberOf } from '../../../common/rooms/members.js';
import { checkUsername } from '../../../common/wire/username.js';
import type { Self } from '../conversations.js';
import type { CommandErrorCode, Emit } from '../protocol.js';
import type { RoomCommand, RoomMember } from '../room-protocol.js';
import type { Session } from '../session.js';
import { Directory } from './directory.js';
import { History } from './history.js';
import type { Memory } from './ports.js';
import { type Heard, Room } from './room.js';

/** Rooms beyond one connection: what was seen of each. */
export type Memories = Map<string, Memory>;

/** The rooms of one connection. */
export class Rooms {
  readonly directory: Directory;
  readonly #rooms = new Map<string, Room>();
  #texts = 0;
  #online = true;

  constructor(
    private readonly self: Self,
    private readonly session: Session,
    private readonly memories: Memories,
    private readonly emit: Emit,
  ) {
    this.directory = new Directory(self, session);
  }

  get #own() {
    const { username, identity } = this.self.credentials;
    return { username, fingerprint: identity.public.fingerprint };
  }

  /** Enters again what was lost with the last connection. */
  online(): void {
    for (const [room, memory] of this.memories) {
      memory.tries = 0;
      if (memory.wanted) this.#enter(room);
    }
  }

  /** The connection is gone. @param left the person has ended it */
  lost(left: boolean): void {
    this.#online = false;
    for (const room of [...this.#rooms.values()]) {
      room.end('disconnected', left ? this.#own.username : 'relay');
    }
  }

  /** Gives the receipts that are due: the person is about to end the connection. */
  async settle(): Promise<void> {
    await Promise.all([...this.#rooms.values()].map(({ talk }) => talk.settle()));
  }

  /* What a person does. */

  do(command: RoomCommand): void {
    const { room: name } = command;
    checkUsername(name);
    if ('with' in command) checkUsername(command.with);
    if (command.do === 'join') return this.#join(name);
    const room = this.#rooms.get(name);
    const id = command.do === 'say' ? command.id ?? String(++this.#texts) : undefined;
    if (!room?.entered) return this.#error('no-room', name, `You are not in ${name}: /join ${name} enters it.`, { id });
    switch (command.do) {
      case 'say':
        return this.#say(name, room, command.text, id!);
      case 'leave':
        return room.change('leave', this.#own);
      case 'members':
        return void this.#members(name, room);
      case 'invite':
        return void this.#invite(name, room, command.with);
      case 'remove':
      case 'admin': {
        const member = memberOf(room.membership.members, command.with);
        if (!memberOf(room.membership.members, this.#own.username)?.admin) {
          return this.#error('not-now', name, `Only admins of ${name} may do that.`, { with: command.with });
        }
        if (!member) return this.#error('not-a-member', name, `${command.with} is not in ${name}.`, { with: command.with });
        return room.change(command.do, member);
      }
    }
  }

  #join(name: string): void {
    if (this.#rooms.has(name)) return this.#error('exists', name, `You are in ${name} already.`);
    this.#enter(name);
  }

  #enter(name: string): void {
    const { self, session, directory, emit } = this;
    const memory = this.memories.get(name)
      ?? { history: new History(name, this.#own), epoch: 0, t: Buffer.alloc(32), wanted: false, tries: 0 };
    const ports = { room: name, self, session, directory, memory, emit };
    const room = new Room(ports, (reason, again) => {
      this.#rooms.delete(name);
      // Whoever leaves for safety remembers what was seen: the relay is not to go back behind it.
      if (reason === 'left' || reason === 'removed') this.memories.delete(name);
      if (again) this.#enter(name);
    });
    this.memories.set(name, memory);
    this.#rooms.set(name, room);
    room.enter();
  }

  #say(name: string, room: Room, text: string, id: string): void {
    const bytes = Buffer.from(text, 'utf8');
    if (bytes.toString('utf8') !== text) return this.#error('malformed', name, 'This text is not well-formed Unicode.', { id });
    if (bytes.length > ROOM_CONTENT_MAX) {
      return this.#error('too-long', name, `A text has at most ${ROOM_CONTENT_MAX} bytes, this one has ${bytes.length}: send it in parts.`, { id });
    }
    if (room.membership.present.length < 2) return this.#error('not-online', name, `Nobody else is in ${name} now.`, { id });
    if (!room.say({ id, bytes })) this.#error('queue-full', name, `Too many texts wait for ${name}: this one was not taken.`, { id });
  }

  async #invite(name: string, room: Room, username: string): Promise<void> {
    const entry = await this.directory.find(username);
    if (!entry) return this.#error('not-online', name, `The relay knows no user ${username}.`, { with: username });
    const judgement = this.directory.judge(entry);
    if (judgement.result === 'changed') {
      return this.#error('key-changed', name, `The key of ${username} has changed: chat with ${username} first, and approve it.`, { with: username });
    }
    room.change('add', { username, fingerprint: entry.identity.fingerprint });
  }

  /** What the relay has for a user, before one calls or invites them. */
  async certificate(username: string): Promise<void> {
    const entry = await this.directory.find(username);
    if (!entry) {
      return this.emit({ event: 'error', code: 'not-online', text: `The relay knows no user ${username}.`, with: username });
    }
    const { identity: { fingerprint }, certificates: [first] } = entry;
    const judgement = this.directory.judge(entry);
    const certificate = first && parseCertificate(first);
    this.emit({
      event: 'certificate', with: username, trust: judgement.result,
      compared: judgement.result !== 'changed' && judgement.compared, fingerprint: fingerprint.toString('hex'),
      safetyNumber: safetyNumber(this.#own, { username, fingerprint }),
      ...(certificate ? { subject: certificate.subject.text, issuer: certificate.issuer.text, validTo: certificate.notAfter.toISOString() } : {}),
    });
  }

  async #members(name: string, { membership: { members, present }, talk: { epoch } }: Room): Promise<void> {
    const shown = await Promise.all(members.map(async ({ username, fingerprint, admin }): Promise<RoomMember> => {
      const found = await this.directory.key(username, fingerprint).catch(() => undefined);
      const { result, compared } = found ? { compared: false, ...this.directory.judge(found) } : { result: 'changed' as const, compared: false };
      return {
        name: username, fingerprint: fingerprint.toString('hex'), trust: result, compared, admin: admin === 1,
        present: present.includes(username), secured: epoch?.names.includes(username) ?? false,
      };
    }));
    this.emit({ event: 'members', room: name, epoch: epoch?.number ?? 0, members: shown });
  }

  #error(code: CommandErrorCode, room: string, text: string, more: { id?: string | undefined; with?: string } = {}): void {
    const { id, with: name } = more;
    this.emit({
      event: 'error', room, code, text, ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { with: name }),
    });
  }

  /* From the server. */

  readonly heard = (heard: Heard): void => {
    this.#rooms.get(heard.payload.room)?.hear(heard);
  };

  readonly invited = ({ room, by }: ServerPayload<'invt'>): void => {
    if (!this.#rooms.has(room)) this.emit({ event: 'invited', room, with: by });
  };

  readonly knocked = ({ room, name }: ServerPayload<'knoc'>): void => {
    if (this.#rooms.get(room)?.entered) this.emit({ event: 'knock', room, with: name });
  };

  /** An `erro` about a command of a room. */
  failed(command: string, code: number, name: string): void {
    const room = this.#rooms.get(name);
    if (!room) return;
    if (command === 'chng') room.refused(code);
    if (code === errorCodes.notTheHead) return;
    if (command === 'join' && code === errorCodes.notAMember && this.#waitForList(name)) return;
    const fault = faults[code] ?? { code: 'not-now' as const, text: (about: string) => `The relay did not do that in ${about}.` };
    this.#error(fault.code, name, fault.text(name));
    if (command === 'join') {
      this.memories.delete(name);
      this.#rooms.delete(name);
    }
  }

  /**
   * One was a member, and the relay does not know it: it was started anew, and somebody else is about to tell it the
   * list. @returns false where that has lasted too long
   */
  #waitForList(name: string): boolean {
    const memory = this.memories.get(name)!;
    if (!memory.wanted || ++memory.tries > TRIES_MAX) return false;
    this.self.clock.after(TRY_MS, () => {
      if (this.#online && memory.wanted && !this.#rooms.has(name)) this.#enter(name);
    });
    this.#rooms.delete(name);
    return true;
  }
}

/** A list that is handed in to a relay takes a moment; if not, one is no member any more. */
const [TRIES_MAX, TRY_MS] = [5, 1_000];

/** The relay's own text is not shown: it is not of this program. */
const faults: Readonly<Record<number, { code: CommandErrorCode; text: (room: string) => string }>> = {
  [errorCodes.limit]: { code: 'limit', text: (room) => `The relay allows no more of that in ${room} now: wait ten seconds, or leave another room first.` },
  [errorCodes.notOnline]: { code: 'not-online', text: (room) => `The relay knows no such user: nobody was added to ${room}.` },
  [errorCodes.exists]: { code: 'exists', text: (room) => `There is a room already whose name is ${room} but for capital letters.` },
  [errorCodes.noRoom]: { code: 'no-room', text: (room) => `You are not in ${room} any more.` },
  [errorCodes.notAMember]: {
    code: 'not-a-member', text: (room) => `${room} has other members, who were told that you would like to come in: one of them can /invite you.`,
  },
};
