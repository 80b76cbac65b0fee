import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import type { RelayLimits } from '../../../server/library.js';
import type { Field, Insider } from '../../attacks/live/attack.js';
import { addresses } from '../attack-field.js';
import { login } from '../attacker/login.js';
import { newPerson, type Person } from '../attacker/primitives.js';
import { RSA } from '../attacker/suites.js';
import { good } from '../certificate-maker.js';
import type { ChildOptions } from './child.js';
import type { Inside } from './inside.js';

const PAGE = 4096;

export interface ServerProcessOptions {
  readonly limits?: Partial<RelayLimits>;
  /** Users beside alice and bob, or in their places; all are enrolled by key. */
  readonly people?: Readonly<Record<string, Person>>;
  readonly revoked?: readonly string[];
}

/** A relay in a process of its own: what it uses can be told from what its attackers use. */
export class ServerProcess {
  readonly #child: ChildProcess;
  #port = 0;
  #spki = Buffer.alloc(0);

  static async start(t: Test, options: ServerProcessOptions = {}): Promise<ServerProcess> {
    const { limits = {}, people = {}, revoked = [] } = options;
    const all = new Map(Object.entries({ alice: newPerson(), bob: newPerson(), ...people }));
    const server = new ServerProcess(all, {
      revoked, limits: { poolKeys: 0, ...limits },
      users: Object.fromEntries([...all].map(([name, { spki }]) => [name, spki.toString('base64')])),
      certificate: good.server().toString('base64'), authority: good.authority().toString('base64'),
    });
    t.teardown(() => server.stop());
    const [{ port, spki }] = await once(server.#child, 'message') as [{ port: number; spki: string }];
    server.#port = port;
    server.#spki = Buffer.from(spki, 'base64');
    return server;
  }

  private constructor(private readonly people: ReadonlyMap<string, Person>, options: ChildOptions) {
    const path = fileURLToPath(new URL(`./child${extname(fileURLToPath(import.meta.url))}`, import.meta.url));
    this.#child = fork(path, [JSON.stringify(options)]);
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.#port };
  }

  insider(name: string): Insider {
    return { name, person: this.people.get(name)!, certificates: [] };
  }

  /** As an attacker finds it, who has the keys of alice and bob. */
  field(t: Test, { from = addresses(200) }: { readonly from?: readonly string[] } = {}): Field {
    return {
      target: this.address, server: this.#spki, insiders: [this.insider('alice'), this.insider('bob')],
      addresses: from, scale: 1, onEnd: (end) => t.teardown(end),
    };
  }

  /* What it uses, without asking it. */

  get #proc(): string {
    return `/proc/${this.#child.pid}`;
  }

  get descriptors(): number {
    return readdirSync(`${this.#proc}/fd`).length;
  }

  /** Bytes of memory. */
  get rss(): number {
    return Number(readFileSync(`${this.#proc}/statm`, 'latin1').split(' ')[1]) * PAGE;
  }

  /* What it says of itself. */

  async inside(): Promise<Inside> {
    const mark = Math.random();
    const answered = new Promise<Inside>((resolve) => {
      const heard = (answer: { mark: number; inside: Omit<Inside, 'descriptors'> }) => {
        if (answer.mark !== mark) return;
        this.#child.off('message', heard);
        resolve({ ...answer.inside, descriptors: this.descriptors });
      };
      this.#child.on('message', heard);
    });
    this.#child.send(mark);
    return answered;
  }

  /** What is in it when all is there that a server begins only once: a key was made, a user has come and gone. */
  async calm(): Promise<Inside> {
    const { name, person } = this.insider('alice');
    const session = await login(this.address, name, { person, suites: [RSA] });
    session.line.cut();
    let inside = await this.inside();
    while (inside.present > 0) inside = await this.inside();
    return inside;
  }

  /** Waits until nothing is left of what came after `before`: descriptors, timers, sockets, users. Throws. */
  async settled(before: Inside, ms = 10_000): Promise<Inside> {
    for (const end = performance.now() + ms; ; await sleep(20)) {
      const inside = await this.inside();
      const left = Object.entries(inside.resources).filter(([kind, count]) => count > (before.resources[kind] ?? 0));
      const { descriptors, present } = inside;
      if (descriptors <= before.descriptors && present <= before.present && left.length === 0) return inside;
      const what = `${descriptors} descriptors of ${before.descriptors}, ${present} users, ${left.join(' ')}`;
      if (performance.now() > end) throw new Error(`the server is not as before: ${what}`);
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
