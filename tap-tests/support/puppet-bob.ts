import { randomBytes } from 'node:crypto';
import { Chain, chatT0, frwd, kind, NO_TEXT, pubk, SECURE, type } from './attacker/conversation.js';
import { type Agreed, Initiator, Responder } from './attacker/exchange.js';
import { newPerson } from './attacker/primitives.js';
import type { Message } from './attacker/records.js';
import { message } from './attacker/session.js';
import { alicesKey, type ClientStage } from './client-stage.js';

/** How far a conversation of alice's client has come, by what is due next (docs/PROTOCOL.md, part 5). */
export const states = {
  caller: ['expect P2', 'expect first', 'open'],
  receiver: ['expect P1', 'expect P3', 'expect first', 'open'],
} as const;
export type Role = keyof typeof states;

/** bob, played by the relay that alice is logged in to: he does each step rightly until told otherwise. */
export class PuppetBob {
  readonly person = newPerson();
  send!: Chain;
  receive!: Chain;
  /** What alice's client said last in the conversation, behind its kind. */
  said: Buffer = Buffer.alloc(0);

  private constructor(readonly stage: ClientStage, readonly conversation: Buffer) {}

  /** @param role alice's */
  static async bring(stage: ClientStage, role: Role, state: string): Promise<PuppetBob> {
    const bob = new PuppetBob(stage, randomBytes(8));
    await (role === 'caller' ? bob.#called(state) : bob.#calls(state));
    return bob;
  }

  /** alice calls. */
  async #called(state: string): Promise<void> {
    const { stage, person } = this;
    stage.do({ do: 'chat', with: 'bob' });
    await stage.session.expect('chat');
    stage.session.say(this.pubk('caller'));
    const t0 = chatT0(this.conversation, 'alice', 'bob', alicesKey.spki, person.spki);
    const responder = new Responder(await this.#body(), { t0, person });
    if (state === 'expect P2') return;
    this.say(kind.P2, responder.body2);
    this.#keys(responder.finish(await this.#body(), alicesKey.spki), 'caller');
    if (state === 'expect first') return;
    stage.session.say(this.record(type.text, SECURE));
    this.receive.open(await this.#body());
    await stage.told('chat');
  }

  /** bob calls, and alice accepts. */
  async #calls(state: string): Promise<void> {
    const { stage, person } = this;
    stage.session.say(message('reqt', 'bob'));
    await stage.told('request');
    stage.do({ do: 'accept', with: 'bob' });
    await stage.session.expect('acpt');
    stage.session.say(this.pubk('receiver'));
    if (state === 'expect P1') return;
    const t0 = chatT0(this.conversation, 'bob', 'alice', person.spki, alicesKey.spki);
    const initiator = new Initiator('', { t0, person }, [2]);
    this.say(kind.P1, initiator.body1);
    const { body3, agreed } = initiator.answer(await this.#body(), alicesKey.spki);
    if (state === 'expect P3') return;
    this.say(kind.P3, body3);
    this.#keys(agreed, 'receiver');
    this.receive.open(await this.#body());
    if (state === 'expect first') return;
    stage.session.say(this.record(type.receipt, NO_TEXT));
    await stage.told('chat');
  }

  #keys({ toInitiator, toResponder }: Agreed, role: Role): void {
    const [toAlice, toBob] = role === 'caller' ? [toInitiator, toResponder] : [toResponder, toInitiator];
    [this.send, this.receive] = [new Chain(toAlice), new Chain(toBob)];
  }

  /** Whatever alice's client says in the conversation next. */
  async #body(): Promise<Buffer> {
    return (this.said = (await this.stage.session.expect('frwd')).payload.subarray(9));
  }

  say(kindOf: number, body: Buffer): void {
    this.stage.session.say(this.step(kindOf, body));
  }

  step(kindOf: number, body: Buffer): Message {
    return frwd(this.conversation, kindOf, body);
  }

  record(typeOf: number, content: Uint8Array | string): Message {
    return this.step(kind.record, this.send.seal(typeOf, content));
  }

  pubk(role: Role): Message {
    return pubk({ conversation: this.conversation, role, peer: 'bob', certificates: [], spki: this.person.spki });
  }
}
