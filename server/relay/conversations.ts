import { randomBytes, type Random } from '../../common/crypto/node.js';
import { CONVERSATION } from '../../common/wire/commands.js';
import type { Endpoint } from './endpoint.js';

export interface Conversation {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly members: readonly Endpoint[];
}

/** How many conversations that it has left itself an endpoint may still name in a `frwd` that was on its way. */
const LEFT_REMEMBERED = 64;

/** The conversations that exist, by id and by member. */
export class Conversations {
  readonly #byId = new Map<string, Conversation>();
  readonly #byUser = new Map<string, Set<Conversation>>();
  readonly #left = new WeakMap<Endpoint, string[]>();

  constructor(private readonly random: Random = randomBytes) {}

  get size(): number {
    return this.#byId.size;
  }

  open(members: readonly Endpoint[]): Conversation {
    const conversation = { id: this.#newId(), members };
    this.#byId.set(conversation.id, conversation);
    for (const { username } of members) {
      const own = this.#byUser.get(username) ?? new Set();
      this.#byUser.set(username, own.add(conversation));
    }
    return conversation;
  }

  /** The conversation of this id, if `member` is in it. */
  of(id: string, member: Endpoint): Conversation | undefined {
    const conversation = this.#byId.get(id);
    return conversation?.members.includes(member) ? conversation : undefined;
  }

  between(one: string, other: string): Conversation | undefined {
    return this.all(one).find(({ members }) => members.some(({ username }) => username === other));
  }

  all(username: string): Conversation[] {
    return [...this.#byUser.get(username) ?? []];
  }

  count(username: string): number {
    return this.#byUser.get(username)?.size ?? 0;
  }

  close(conversation: Conversation): void {
    this.#byId.delete(conversation.id);
    for (const { username } of conversation.members) {
      const own = this.#byUser.get(username);
      own?.delete(conversation);
      if (own?.size === 0) this.#byUser.delete(username);
    }
  }

  rememberLeft(id: string, leaver: Endpoint): void {
    const left = this.#left.get(leaver) ?? [];
    left.push(id);
    if (left.length > LEFT_REMEMBERED) left.shift();
    this.#left.set(leaver, left);
  }

  hasJustLeft(id: string, leaver: Endpoint): boolean {
    return this.#left.get(leaver)?.includes(id) ?? false;
  }

  #newId(): string {
    for (;;) {
      const id = this.random(CONVERSATION).toString('hex');
      if (!this.#byId.has(id)) return id;
    }
  }
}
