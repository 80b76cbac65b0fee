import type { Test } from 'tap';
import type { Attack, Field, Finding } from '../attacks/live/attack.js';
import { personWith } from './attacker/primitives.js';
import { cn, good } from './certificate-maker.js';
import type { TestServer } from './test-server.js';

/** Addresses of this machine, all of the loopback interface; other systems than Linux have only the first. */
export const addresses = (count: number): string[] =>
  (process.platform === 'linux' ? Array.from({ length: count }, (_, at) => `127.0.${1 + Math.floor(at / 200)}.${1 + (at % 200)}`) : []);

/** alice and bob on a server of a test, as insiders. */
export function fieldOf(t: Test, server: TestServer, scale = 1): Field {
  const insider = (name: string) => ({ name, person: server.person(name), certificates: [] });
  return {
    target: server.address, server: server.identity.public.spki, insiders: [insider('alice'), insider('bob')],
    addresses: addresses(200), scale, onEnd: (end) => t.teardown(end),
    authority: (name, spki) => [good.user({ subject: cn(name), spki })],
    serverPair: { name: 'localhost', person: personWith(good.leafKeys.privateKey), certificates: [good.server()] },
  };
}

/** Tries the attack, and fails where it succeeded. */
export async function withstands(t: Test, attack: Attack, field: Field): Promise<Finding> {
  const finding = await attack.run(field);
  t.ok(finding.held, `${attack.row} ${attack.title}: ${finding.did}: ${finding.saw}`);
  return finding;
}
