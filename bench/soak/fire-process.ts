import { createPrivateKey } from 'node:crypto';
import type { Attack, Field, Insider } from '../../tap-tests/attacks/live/attack.js';
import { attacks } from '../../tap-tests/attacks/program/list.js';
import { personWith } from '../../tap-tests/support/attacker/primitives.js';
import { beChild } from './child.js';

/** The attackers: the rows of fire, one after another in each lane, again and again until the end. */
export interface FireOptions {
  readonly port: number;
  readonly server: string;
  /** PEM of private keys by name: two for each lane. */
  readonly insiders: readonly (readonly [name: string, key: string])[];
  readonly rows?: readonly string[];
}

export interface Shot {
  readonly row: string;
  readonly title: string;
  readonly held: boolean;
  readonly saw: string;
  /** Since the fire began, ms. */
  readonly from: number;
  readonly to: number;
}

/** Rows that are fired at the same time. */
const lanes = [['E1', 'E2', 'E9'], ['E3', 'E3b', 'E4', 'E5', 'E8']];
let ceased = false;
let firing = lanes.length;

const { options, tell } = beChild<FireOptions, Shot | { readonly over: boolean }>(() => {
  ceased = true;
  return { over: firing === 0 };
});
const began = performance.now();

await Promise.all(lanes.map(async (rows, lane) => {
  const own = attacks.filter(({ row }) => rows.includes(row) && (options.rows?.includes(row) ?? true));
  while (!ceased && own.length > 0) for (const attack of own) if (!ceased) tell(await fire(attack, lane));
  firing -= 1;
}));

async function fire(attack: Attack, lane: number): Promise<Shot> {
  const from = performance.now() - began;
  const ends: (() => void | Promise<void>)[] = [];
  const finding = await attack.run(fieldOf(lane, (end) => void ends.push(end)))
    .catch((error: Error) => ({ held: false, saw: `could not be tried: ${error.message}` }));
  for (const end of ends.reverse()) await end();
  return { row: attack.row, title: attack.title, held: finding.held, saw: finding.saw, from, to: performance.now() - began };
}

function fieldOf(lane: number, onEnd: Field['onEnd']): Field {
  const insiders = options.insiders.slice(2 * lane, 2 * lane + 2).map(([name, pem]): Insider =>
    ({ name, person: personWith(createPrivateKey(pem)), certificates: [] })) as unknown as [Insider, Insider];
  const addresses = process.platform === 'linux' ? Array.from({ length: 200 }, (_, at) => `127.2.${lane}.${1 + at}`) : [];
  return { target: { host: '127.0.0.1', port: options.port }, server: Buffer.from(options.server, 'hex'), insiders, addresses, scale: 1, onEnd };
}
