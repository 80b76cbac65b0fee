import type { Duplex } from 'node:stream';
import type { Test } from 'tap';
import { dial } from '../../client/engine/dial.js';
import type { EngineOptions } from '../../client/engine/engine.js';
import type { Event } from '../../client/engine/protocol.js';
import type { RoomEvent } from '../../client/engine/room-protocol.js';
import { type Actor, Scene, type SceneOptions } from './scene.js';
import { until } from './until.js';

type Of<E extends RoomEvent['event']> = Extract<RoomEvent, { event: E }>;

export const eventsOf = <E extends RoomEvent['event']>(actor: Actor, kind: E): Of<E>[] =>
  actor.events.filter((event: Event): event is Of<E> => event.event === kind && 'room' in event);

/** "sender: text" of all that was shown. */
export const textsOf = (actor: Actor): string[] =>
  eventsOf(actor, 'message').map(({ with: sender, text }) => `${sender}: ${text}`);

/** Waits until the last epoch of all is one and the same, behind the epoch `after`, with exactly these participants. */
export async function oneEpoch(
  actors: readonly Actor[], { after = 0, names = actors.map(({ name }) => name) }: { after?: number; names?: readonly string[] } = {},
): Promise<Of<'secured'>> {
  const last = () => actors.map((actor) => eventsOf(actor, 'secured').at(-1));
  const wanted = [...names].sort().join();
  const same = () => last().every((each, _, [first]) =>
    each !== undefined && each.epoch > after && each.number === first!.number && [...each.members].sort().join() === wanted);
  await until(`one epoch of ${wanted}`, same, 40_000).catch((error: Error) => {
    const seen = actors.map((actor, at) => `${actor.name}: ${JSON.stringify(last()[at])}`);
    const warned = actors.flatMap((actor) => [...eventsOf(actor, 'warning'), ...eventsOf(actor, 'error'), ...eventsOf(actor, 'left')]);
    throw new Error(`${error.message}; there was ${seen.join('; ')}; ${JSON.stringify(warned)}`);
  });
  return last()[0]!;
}

/** A room on a real server, with clients that can be cut off. */
export class RoomScene {
  readonly #lines = new Map<string, Duplex>();

  private constructor(readonly scene: Scene, readonly room: string) {}

  static async open(t: Test, users: readonly string[], options: SceneOptions = {}): Promise<RoomScene> {
    const scene = await Scene.open(t.testdir(), { ...options, users });
    t.teardown(() => scene.close());
    return new RoomScene(scene, 'kitchen');
  }

  logIn(name: string, options: Partial<EngineOptions> = {}): Promise<Actor> {
    return this.scene.logIn(name, {
      dial: async () => {
        const line = await dial('127.0.0.1', this.scene.server.port);
        this.#lines.set(name, line);
        return line;
      },
      ...options,
    });
  }

  /** The connection breaks; the client comes back by itself. */
  cut(name: string): void {
    this.#lines.get(name)!.destroy();
  }

  /** All of them in the room; the first has made it. */
  async gather(names: readonly string[]): Promise<Actor[]> {
    const actors: Actor[] = [];
    for (const name of names) actors.push(await this.logIn(name));
    const [maker, ...others] = actors;
    maker!.do({ do: 'join', room: this.room });
    await maker!.next('joined');
    for (const other of others) maker!.do({ do: 'invite', room: this.room, with: other.name });
    await Promise.all(others.map((other) => other.next('invited')));
    for (const other of others) other.do({ do: 'join', room: this.room });
    await oneEpoch(actors);
    return actors;
  }
}
