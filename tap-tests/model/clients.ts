import { CELL, RECORD_CELLS_MAX } from '../../common/wire/limits.js';
import { type RawMessage, recordCapacity } from '../../common/wire/record.js';
import { type RawClient, Refused } from '../support/raw-client.js';
import type { TestServer } from '../support/test-server.js';
import type { Command } from './reference-model.js';
import { inWords, payloadOf } from './words.js';

/** Lines by who is to hear them, in their order. */
export type Lines = Map<string, string[]>;

export interface Difference {
  readonly name: string;
  readonly expected: readonly string[];
  readonly heard: readonly string[];
}

/** Everybody's connection, and what came on it and was not compared yet. */
export class Clients {
  readonly #open = new Map<string, RawClient>();
  /** The bytes of the last `ping` of the server, by name. */
  readonly #pings = new Map<string, Buffer>();
  /** What a second program of that name heard. */
  readonly #seconds: Lines = new Map();
  /** Ids of conversations, and the names that the model has for them. */
  readonly #names = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  #wake = (): void => undefined;
  loggedIn = 0;
  loggedOut = 0;

  constructor(readonly server: () => TestServer) {}

  /** For the server's log. */
  readonly noted = (event: string): void => {
    if (event === 'logged-in') this.loggedIn++;
    if (event === 'logged-out') this.loggedOut++;
    this.#wake();
  };

  /** @returns false if the time is over before the condition holds */
  wait(condition: () => boolean, ms: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (holds: boolean) => {
        clearTimeout(timer);
        this.#wake = () => undefined;
        resolve(holds);
      };
      const timer = setTimeout(done, ms, false);
      this.#wake = () => void (condition() && done(true));
    });
  }

  /** How many lines of this name wait to be compared. */
  count(name: string): number {
    const client = this.#open.get(name);
    return (this.#seconds.get(name)?.length ?? 0) + (client ? client.heard.length + Number(client.closed) : 0);
  }

  /** True when this `ping` was answered, or never will be. */
  answered(name: string, data: string): boolean {
    const client = this.#open.get(name);
    if (!client || client.closed) return true;
    return client.heard.some(({ command, payload }) => command === 'pong' && payload.toString('latin1') === data);
  }

  async login(name: string): Promise<void> {
    try {
      const client = await this.server().login(name);
      client.socket.on('data', () => this.#wake()).on('close', () => this.#wake());
      this.#open.set(name, client);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#seconds.set(`second ${name}`, [`refusal ${error.code}`]);
    }
  }

  /** In one record, or each in its own. */
  say(name: string, commands: readonly Command[], packed = false): void {
    const client = this.#open.get(name);
    if (!client || client.closed) return;
    const records: RawMessage[][] = [];
    let room = 0;
    let last: Command | undefined;
    for (const command of commands) {
      const message = { command: command[0], payload: this.#payload(name, command) };
      room -= 8 + message.payload.length;
      const joins = packed && room >= 0 && last?.[0] !== 'rubbish' && command[0] !== 'rubbish';
      if (joins) records.at(-1)!.push(message);
      else records.push([message]);
      if (!joins) room = recordCapacity(RECORD_CELLS_MAX) - 8 - message.payload.length;
      last = command;
    }
    client.socket.write(Buffer.concat(records.map((messages) => {
      const [{ command, payload }] = messages as [RawMessage];
      return command === 'rubbish' ? this.#rubbish(name, client, payload.toString()) : client.seal(...messages);
    })));
  }

  #payload(name: string, command: Command): Buffer {
    if (command[0] === 'pong') return this.#pings.get(name)!;
    return payloadOf(command, (conversation) => this.#ids.get(conversation) ?? conversation);
  }

  #rubbish(name: string, client: RawClient, kind: string): Buffer {
    const sealed = (command: string, text = '') => client.seal({ command, payload: Buffer.from(text) });
    const changed = (at: number) => {
      const record = sealed('ping');
      record[at]! ^= 1;
      return record;
    };
    switch (kind) {
      case 'other direction': return sealed('reqt', 'alice');
      case 'unknown command': return sealed('root');
      case 'username': return sealed('chat', '../bob');
      case 'pong': return sealed('pong', 'not what was asked');
      case 'header': return changed(name.length - 1);
      case 'tag': return changed(40);
      default: return client.sealPlaintext(Buffer.alloc(recordCapacity(1)));
    }
  }

  breaks(name: string, how: string): void {
    const client = this.#open.get(name)!;
    this.#open.delete(name);
    if (how === 'reset') return void client.socket.resetAndDestroy();
    const part = client.seal({ command: 'exit', payload: Buffer.alloc(0) }).subarray(0, CELL - 1);
    client.socket.end(how === 'inside a record' ? part : Buffer.alloc(0));
  }

  /** Where what came is not what was expected. If it is: ids of new conversations are learned, and all is forgotten. */
  compare(expected: Lines): Difference | undefined {
    const learned = new Map<string, string>();
    for (const name of new Set([...this.#open.keys(), ...this.#seconds.keys(), ...expected.keys()])) {
      const due = expected.get(name) ?? [];
      if (due.length === 0 && this.count(name) === 0) continue;
      const heard = this.#heard(name, due, learned);
      const same = heard.length === due.length && heard.every((line, n) => line === due[n]);
      if (!same) return { name, expected: due, heard };
    }
    for (const [id, name] of learned) {
      this.#names.set(id, name);
      this.#ids.set(name, id);
    }
    this.#forget();
    return undefined;
  }

  #heard(name: string, due: readonly string[], learned: Map<string, string>): string[] {
    const client = this.#open.get(name);
    const known = (id: string) => this.#names.get(id) ?? learned.get(id) ?? id;
    const keyOf = (user: string) => this.server().keys.get(user)?.public.spki ?? Buffer.alloc(0);
    const lines = client?.heard.map(({ command, payload }, n) => {
      if (command === 'pubk') this.#learn(payload.toString('hex', 0, 8), due[n], learned);
      return inWords(command, payload, known, keyOf);
    });
    return [...this.#seconds.get(name) ?? [], ...lines ?? [], ...(client?.closed ? [closing(client)] : [])];
  }

  /** An id that is new belongs to the conversation that is due, if that has none yet. */
  #learn(id: string, due: string | undefined, learned: Map<string, string>): void {
    const [command, conversation = ''] = due?.split(' ') ?? [];
    if (command !== 'pubk' || this.#names.has(id) || this.#ids.has(conversation)) return;
    if (!learned.has(id) && ![...learned.values()].includes(conversation)) learned.set(id, conversation);
  }

  #forget(): void {
    this.#seconds.clear();
    for (const [name, client] of this.#open) {
      const ping = client.heard.findLast(({ command }) => command === 'ping');
      if (ping) this.#pings.set(name, ping.payload);
      client.heard.length = 0;
      if (client.closed) this.#open.delete(name);
    }
  }
}

const closing = ({ fault }: RawClient): string => (fault === undefined ? 'closed' : `closed, behind ${String(fault)}`);
