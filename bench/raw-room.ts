import type { Credentials } from '../client/engine/login.js';
import { encode } from '../common/bytes/codec.js';
import { randomBytes } from '../common/crypto/node.js';
import { changeHash, named, signChange } from '../common/crypto/room-change.js';
import { x25519Suite } from '../common/crypto/suite.js';
import { membersAfter, type Members, type Named } from '../common/rooms/members.js';
import type { ServerCommand } from '../common/wire/commands.js';
import { actions } from '../common/wire/room-change.js';
import { clientRooms, roomKinds } from '../common/wire/room-commands.js';
import { roomRecordLength } from '../common/wire/room-record.js';
import type { Line } from './line.js';
import { MessageLine } from './message-line.js';
import { Messages } from './messages.js';
import { RawClient } from './raw-client.js';

export const ROOM = 'bench';

const KIND = Buffer.from([roomKinds.record]);
const RECORD = KIND.length + roomRecordLength(1);
const SEQ = 8;

/** What a member hears while the others come. */
const gathering: ReadonlySet<ServerCommand> = new Set(['here', 'chng']);

/** One in a room: ready-made records of an epoch, which fill a cell, sealed in real records of the outer layer. */
class RoomLine extends MessageLine {
  /** @param speaker the only one who says something */
  constructor(private readonly client: RawClient, speaker: string) {
    super(new Messages(Buffer.concat([named(ROOM), KIND]), named(ROOM).length + RECORD), new Messages(KIND, RECORD));
    const head = named(ROOM).length + SEQ + named(speaker).length;
    client.heard = (command, payload) => {
      if (gathering.has(command)) return;
      if (command !== 'room') throw new Error(`${command} came where room was due.`);
      this.take(payload.subarray(head));
    };
  }

  send(): void {
    this.client.send('room', this.outgoing.next());
  }

  leave(): Promise<void> {
    return this.client.leave();
  }
}

/** Logs all of them in, and has the first make a room with them; nobody agrees on keys. */
export async function rawRoom(port: number, credentials: readonly Credentials[]): Promise<Line[]> {
  const clients: RawClient[] = [];
  for (const each of credentials) clients.push(await RawClient.logIn(port, each, [x25519Suite]));
  const [maker, ...others] = clients;
  const list = new List(maker!, credentials[0]!);
  await enter(maker!);
  await list.change('make', credentials[0]!);
  for (const [index, other] of others.entries()) {
    const invited = other.next('invt');
    await list.change('add', credentials[index + 1]!);
    await invited;
    const here = maker!.next('here');
    await enter(other);
    await here;
  }
  return clients.map((client) => new RoomLine(client, credentials[0]!.username));
}

async function enter(client: RawClient): Promise<void> {
  const entered = client.next('join');
  client.send('join', encode(clientRooms.join, { room: ROOM, next: 0 }));
  await entered;
}

/** The signed list of a room that one member makes. */
class List {
  #members: Members = [];
  #number = 0;
  #previous = randomBytes(32);

  constructor(private readonly client: RawClient, private readonly author: Credentials) {}

  async change(action: 'make' | 'add', credentials: Credentials): Promise<void> {
    const [author, target] = [party(this.author), party(credentials)];
    this.#members = membersAfter(this.#members, author, action, target);
    const change = await signChange(ROOM, {
      number: this.#number++, previous: this.#previous, author: author.username, authorKey: author.fingerprint,
      action: actions[action], target: target.username, targetKey: target.fingerprint, members: this.#members,
    }, this.author.identity);
    this.#previous = changeHash(ROOM, change);
    const taken = this.client.next('chng');
    this.client.send('chng', encode(clientRooms.chng, { room: ROOM, change }));
    await taken;
  }
}

const party = ({ username, identity }: Credentials): Named => ({ username, fingerprint: identity.public.fingerprint });
