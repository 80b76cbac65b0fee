import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { Conversation, readPubk, type } from './attacker/conversation.js';
import { login } from './attacker/login.js';
import type { Person } from './attacker/primitives.js';
import { message, type Session } from './attacker/session.js';
import { SignedBook } from './attacker/signed.js';
import { type Actor, Scene } from './scene.js';
import { until } from './until.js';

/** alice is a real client at a real relay; bob is the attacker, with his own key. alice calls. */
export class SigningBob {
  private constructor(readonly alice: Actor, readonly folder: string, private readonly session: Session, private readonly person: Person, private readonly alices: Person) {}

  static async open(t: Test): Promise<SigningBob> {
    const dir = t.testdir();
    const scene = await Scene.open(dir, { server: { limits: { poolKeys: 0 } } });
    t.teardown(() => scene.close());
    const folder = join(dir, 'transcripts');
    const alice = await scene.logIn('alice', { transcripts: folder });
    const person = await scene.person('bob');
    const session = await login({ host: '127.0.0.1', port: scene.server.port }, 'bob', { person });
    t.teardown(() => session.line.socket.destroy());
    return new SigningBob(alice, folder, session, person, await scene.person('alice'));
  }

  /** A new chat, that is not signed. */
  async chat(): Promise<Conversation> {
    const { alice, session, person } = this;
    alice.do({ do: 'chat', with: 'bob' });
    await session.expect('reqt');
    session.say(message('acpt', 'alice'));
    const chat = await Conversation.begin(session, readPubk(await session.expect('pubk')), person);
    await alice.next('chat');
    return chat;
  }

  /** A new chat, in which both have agreed to sign. */
  async signed(): Promise<{ chat: Conversation; book: SignedBook }> {
    const chat = await this.chat();
    this.alice.do({ do: 'sign', with: 'bob' });
    await chat.expect(type.sign);
    chat.say(type.agreed, '');
    await this.alice.next('signed');
    return { chat, book: this.book(chat) };
  }

  /** Only bob's texts are signed with it: alice keeps her key to herself. */
  book(chat: Conversation): SignedBook {
    return new SignedBook(chat.introduction.conversation, {
      caller: { name: 'alice', person: this.alices }, receiver: { name: 'bob', person: this.person },
    });
  }

  /** The chat is over, and what alice's client has said of it. */
  async over(chat: Conversation): Promise<string[]> {
    const start = this.alice.events.findLastIndex(({ event }) => event === 'chat');
    const since = () => this.alice.events.slice(start);
    await until('the end at alice', () => since().some(({ event }) => event === 'left'));
    await chat.over();
    this.session.heard.length = 0;
    return since().flatMap((each) => {
      if (each.event === 'message') return [`message ${each.text}`];
      if (each.event === 'warning') return [`warning ${each.code}`];
      return each.event === 'left' ? [`left ${each.reason} by ${each.by}`] : [];
    });
  }

  async transcripts(): Promise<string[]> {
    return (await readdir(this.folder)).sort().map((name) => join(this.folder, name));
  }
}
