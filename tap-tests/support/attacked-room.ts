import type { Test } from 'tap';
import type { EngineOptions } from '../../client/engine/engine.js';
import type { RelayLimits } from '../../common/wire/limits.js';
import { login } from './attacker/login.js';
import type { Person } from './attacker/primitives.js';
import { RoomBoard } from './attacker/room-board.js';
import { RoomCrowd } from './attacker/room-crowd.js';
import type { RoomMember } from './attacker/room-member.js';
import { CorruptScene } from './corrupt-scene.js';
import { fastClock } from './fast-clock.js';
import { eventsOf, oneEpoch, RoomScene, textsOf } from './room-scene.js';
import { type Actor, Scene } from './scene.js';
import { until } from './until.js';

export const ROOM = 'kitchen';

interface Options {
  /** Real clients, the first of them makes the room; they are in it. */
  readonly clients?: readonly string[];
  /** Enrolled, and logged in where a test wants them. */
  readonly others?: readonly string[];
  /** So much faster go the clocks of the clients. */
  readonly speed?: number;
  readonly limits?: Partial<RelayLimits>;
}

/** What the two have in common: a port, and keys that everybody of the test has. */
interface Place {
  readonly scene: Scene;
  readonly port: number;
  logIn(name: string, options: Partial<EngineOptions>): Promise<Actor>;
}

/** Real clients in a room, with attackers who are members of it as well and do by themselves what an honest one does. */
export class AttackedRoom {
  readonly crowd = new RoomCrowd(ROOM);
  readonly actors: Actor[] = [];
  readonly clock;

  get port(): number {
    return this.place.port;
  }

  private constructor(t: Test, private readonly place: Place, speed: number) {
    this.clock = fastClock(speed);
    const pump = setInterval(() => this.crowd.members.forEach((each) => each.pump()), 2);
    t.teardown(() => clearInterval(pump));
  }

  /** On the real relay. */
  static async open(t: Test, { clients = ['alice', 'bob'], others = ['user3'], speed = 10, limits }: Options = {}): Promise<AttackedRoom> {
    const usual = { rateMessages: 10_000, changes: 1_000, readdMs: 1 };
    const all = await RoomScene.open(t, [...clients, ...others], { server: { limits: { ...usual, ...limits } } });
    const place = { scene: all.scene, port: all.scene.server.port, logIn: all.logIn.bind(all) };
    return new AttackedRoom(t, place, speed).#gather(clients);
  }

  /** On a relay in the attacker's hands. */
  static async corrupt(t: Test, { clients = ['alice', 'bob', 'user3'], others = [], speed = 10 }: Options = {}) {
    const all = await CorruptScene.open(t, { users: [...clients, ...others] });
    const board = new RoomBoard(all.relay, ROOM, all.board.people);
    const place = { scene: all.scene, port: all.relay.port, logIn: all.logIn.bind(all) };
    const room = await new AttackedRoom(t, place, speed).#gather(clients);
    return { room, board, corrupt: all };
  }

  actor(name: string): Actor {
    return this.actors.find((each) => each.name === name)!;
  }

  async logIn(name: string): Promise<Actor> {
    const actor = await this.place.logIn(name, { clock: this.clock });
    this.actors.push(actor);
    return actor;
  }

  async #gather(names: readonly string[]): Promise<this> {
    for (const name of names) await this.logIn(name);
    const [maker, ...others] = this.actors;
    if (!maker) return this;
    maker.do({ do: 'join', room: ROOM });
    await maker.next('joined');
    for (const other of others) await this.enter(other, maker);
    if (others.length > 0) await oneEpoch(this.actors);
    return this;
  }

  /** A real client is invited, and enters. */
  async enter(actor: Actor, by = this.actors[0]!): Promise<void> {
    by.do({ do: 'invite', room: ROOM, with: actor.name });
    await actor.next('invited');
    actor.do({ do: 'join', room: ROOM });
    await actor.next('joined');
  }

  /** A key that was stolen. */
  person(name: string): Promise<Person> {
    return this.place.scene.person(name);
  }

  /** An attacker logs in, and is no member yet. */
  async come(name: string): Promise<RoomMember> {
    const person = await this.person(name);
    return this.crowd.take(await login({ host: '127.0.0.1', port: this.place.port }, name, { person }), person);
  }

  /** An attacker is invited, enters, and has the keys. */
  async infiltrate(name: string, by = this.actors[0]!): Promise<RoomMember> {
    const member = await this.come(name);
    by.do({ do: 'invite', room: ROOM, with: name });
    await until(`${name} invited`, () => member.log.some(({ command }) => command === 'invt'));
    member.join();
    await this.shared(...this.crowd.members.map((each) => each.name));
    return member;
  }

  /** Waits until all real clients and these attackers are in one epoch. @returns its number */
  async shared(...attackers: readonly string[]): Promise<string> {
    const names = [...this.actors.map(({ name }) => name), ...attackers];
    const { number } = await oneEpoch(this.actors, { names });
    await until('the same of the attackers', () => attackers.every((name) => this.attacker(name).epoch?.number === number));
    return number;
  }

  attacker(name: string): RoomMember {
    return this.crowd.members.findLast((each) => each.name === name)!;
  }

  /** Each says something, and all the others are shown it, in the end. */
  async chats(text: string, among: readonly Actor[] = this.actors, ms?: number): Promise<void> {
    for (const each of among) each.do({ do: 'say', room: ROOM, text: `${text} of ${each.name}` });
    for (const reader of among) {
      const due = among.filter((each) => each !== reader).map(({ name }) => `${name}: ${text} of ${name}`);
      await until(`${due} for ${reader.name}`, () => due.every((each) => textsOf(reader).includes(each)), ms)
        .catch((error: Error) => { throw new Error(`${error.message}, who has ${JSON.stringify(reader.events.slice(-8))}`); });
    }
  }

  warnings(actor: Actor, from = 0): string[] {
    return eventsOf(actor, 'warning').slice(from).map(({ code, with: name }) => (name ? `${code} ${name}` : code));
  }
}
