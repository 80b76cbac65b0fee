import { randomBytes } from 'node:crypto';
import { frwd, type Introduction, kind, pubk } from './conversation.js';
import type { FalseRelay, Guest } from './false-relay.js';
import type { Message } from './records.js';
import { exchReason, message } from './session.js';

/** What a relay knows of a user. */
export interface Enrolled {
  readonly spki: Buffer;
  readonly certificates: readonly Buffer[];
}

/** A body between peers on its way through the relay. */
export interface Body {
  readonly conversation: Buffer;
  readonly from: string;
  readonly to: string;
  /** P1 to P3, or an end-to-end record (docs/PROTOCOL.md, part 5). */
  readonly kind: number;
  readonly content: Buffer;
}

export interface Said extends Message {
  readonly from: string;
}

/**
 * What two clients need of a relay to call each other and talk, for a false relay that is honest but for what it is
 * told to do otherwise: lies in `pubk`, and bodies that it drops, doubles, changes or keeps.
 */
export class Switchboard {
  /** All that clients said, in its order. */
  readonly said: Said[] = [];
  /** Bodies that were let through, in their order. */
  readonly passed: Body[] = [];
  /** What goes on in the place of a body. */
  onBody: (body: Body) => readonly Body[] = (body) => [body];
  /** What a client is told about its peer. */
  introduce: (introduction: Introduction, to: string) => Introduction = (introduction) => introduction;
  /** Whether the other is told that one says `exch`. */
  onLeave: (from: string) => boolean = () => true;
  /** What comes of an accepted call; what clients say in conversations of the attacker's own is for `Session.heard`. */
  onAccept: (caller: string, receiver: string) => void = (caller, receiver) => this.connect(caller, receiver);
  readonly #members = new Map<string, readonly [string, string]>();

  constructor(private readonly relay: FalseRelay, readonly people: Map<string, Enrolled>) {
    relay.options = { ...relay.options, onMessage: (each, from) => this.#take(each, from) };
  }

  /** What clients said with a command. */
  heard(command: string, from?: string): Said[] {
    return this.said.filter((each) => each.command === command && (from === undefined || each.from === from));
  }

  tell(name: string, ...messages: readonly Message[]): void {
    this.relay.guest(name)?.session.say(...messages);
  }

  /** Hands a body to whom it is for, whoever made it. */
  deliver(body: Body): void {
    this.passed.push(body);
    this.tell(body.to, frwd(body.conversation, body.kind, body.content));
  }

  #take(each: Message, { username, session, line }: Guest): void {
    const { command, payload } = each;
    this.said.push({ ...each, from: username });
    switch (command) {
      case 'chat':
        this.tell(username, message('call', payload));
        return this.tell(payload.toString(), message('reqt', username));
      case 'acpt':
        return this.onAccept(payload.toString(), username);
      case 'frwd':
      case 'exch':
        if (!this.#members.has(conversationOf(payload))) break;
        return command === 'frwd' ? this.#forward(payload, username) : this.#part(payload, username);
      case 'exit':
        session.say(message('exit'));
        return void line.socket.end();
    }
    session.heard.push(each);
  }

  connect(caller: string, receiver: string): void {
    const conversation = randomBytes(8);
    this.#members.set(conversationOf(conversation), [caller, receiver]);
    for (const [to, role, peer] of [[caller, 'caller', receiver], [receiver, 'receiver', caller]] as const) {
      this.tell(to, pubk(this.introduce({ conversation, role, peer, ...this.people.get(peer)! }, to)));
    }
  }

  #forward(payload: Buffer, from: string): void {
    const to = this.#other(payload, from);
    const body = { conversation: payload.subarray(0, 8), from, to, kind: payload[8]!, content: payload.subarray(9) };
    for (const each of this.onBody(body)) this.deliver(each);
  }

  #part(conversation: Buffer, from: string): void {
    const to = this.#other(conversation, from);
    this.#members.delete(conversationOf(conversation));
    if (this.onLeave(from)) this.tell(to, exchReason(conversation, 0));
  }

  #other(payload: Buffer, from: string): string {
    return this.#members.get(conversationOf(payload))!.find((name) => name !== from)!;
  }
}

const conversationOf = (payload: Buffer): string => payload.toString('hex', 0, 8);
export const isRecord = (body: Body): boolean => body.kind === kind.record;
