import type { Test } from 'tap';
import { dial } from '../../client/engine/dial.js';
import type { EngineOptions } from '../../client/engine/engine.js';
import { CELL } from './attacker/cells.js';
import { type Flow, type Passage, Proxy } from './attacker/proxy.js';
import { heldClock, meet } from './corrupt-scene.js';
import { type Actor, Scene } from './scene.js';
import { until } from './until.js';

/** What somebody who sees all bytes has of a session of two. */
export interface Capture {
  /** The connections of alice and of bob. */
  readonly passages: readonly [Passage, Passage];
  readonly flows: readonly Flow[];
}

/** `second` lets a second pass, after which receipts are due. */
export type Talk = (alice: Actor, bob: Actor, second: () => void) => Promise<void>;

/** A relay, and somebody in front of it who writes down every byte. */
export class WatchedScene {
  private constructor(private readonly scene: Scene, private readonly proxy: Proxy) {}

  static async open(t: Test): Promise<WatchedScene> {
    const limits = { poolKeys: 0, rateMessages: 10_000, connectRate: 1_000, connectBurst: 1_000 };
    const scene = await Scene.open(t.testdir(), { server: { limits } });
    const proxy = await Proxy.open({ host: '127.0.0.1', port: scene.server.port });
    t.teardown(async () => {
      await scene.close();
      await proxy.close();
    });
    return new WatchedScene(scene, proxy);
  }

  /** alice and bob log in, she calls him, they talk, she leaves, both exit; each step waits for the end of the last. */
  async session(talk: Talk, options: Partial<EngineOptions> = {}): Promise<Capture> {
    const clock = heldClock();
    const all = { ...options, clock, dial: () => dial('127.0.0.1', this.proxy.port) };
    const first = this.proxy.passages.length;
    const [alice, bob] = [await this.scene.logIn('alice', all), await this.scene.logIn('bob', all)];
    await meet(alice, bob);
    await settled(alice, bob);
    await talk(alice, bob, () => clock.advance(1_000));
    await settled(alice, bob);
    alice.do({ do: 'leave', with: 'bob' });
    await bob.next('left');
    await settled(alice, bob);
    for (const actor of [bob, alice]) {
      actor.do({ do: 'exit' });
      await actor.next('closed');
    }
    const passages = [this.proxy.passages[first]!, this.proxy.passages[first + 1]!] as const;
    await until('both connections to end', () => passages.every(({ closed }) => closed));
    return { passages, flows: passages.flatMap(({ toServer, toClient }) => [toServer, toClient]) };
  }
}

/** All that was said before has come to its end. */
async function settled(...actors: Actor[]): Promise<void> {
  for (const actor of actors) {
    actor.do({ do: 'list' });
    await actor.next('users');
  }
}

/** The records of a flow, without the handshake cells before them (two from a client, one from a server). */
export function recordsOf(bytes: Buffer, handshakeCells: 1 | 2): Buffer[] {
  const records: Buffer[] = [];
  for (let at = handshakeCells * CELL; at < bytes.length;) {
    const length = bytes[at + 32]! * CELL;
    records.push(bytes.subarray(at, at + length));
    at += length;
  }
  return records;
}
