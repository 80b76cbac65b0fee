import { apply } from '../../client/ui/web/model/apply.js';
import type { Change, Entry } from '../../client/ui/web/model/entry.js';
import {
  type Chat, type Conversation, emptyModel, type Line, type Model, type Room, type Text,
} from '../../client/ui/web/model/model.js';
import type { Command, Event } from '../../client/engine/protocol.js';
import { ready } from './fake-engine.js';

/** A change, or an event or a command by itself. */
export type Played = Change | Event | Command;

function changeOf(played: Played): Change {
  if ('do' in played) return { did: played };
  return 'event' in played && typeof played.event === 'string' ? { event: played as Event } : played as Change;
}

/** alice's page, and what she would see on it. The clock goes on by a second an entry. */
export class PlayedModel {
  time = 1_000_000;

  constructor(readonly model: Model = emptyModel('alice')) {}

  /** Logged in. */
  static online(): PlayedModel {
    return new PlayedModel().play(ready);
  }

  play(...all: readonly Played[]): this {
    for (const played of all) apply(this.model, { ...changeOf(played), time: this.time += 1_000 } as Entry);
    return this;
  }

  get order(): string[] {
    return this.model.conversations.map(({ name }) => name);
  }

  chat(name = 'bob'): Chat {
    return this.#conversation('chat', name) as Chat;
  }

  room(name = 'den'): Room {
    return this.#conversation('room', name) as Room;
  }

  texts(conversation: Conversation): Text[] {
    return conversation.items.filter((item): item is Text => item.kind === 'text');
  }

  lines(conversation: Conversation): string[] {
    const lines = conversation.items.filter((item): item is Line => item.kind === 'line');
    return lines.map(({ tone, text }) => `${tone}: ${text}`);
  }

  #conversation(kind: Conversation['kind'], name: string): Conversation {
    const found = this.model.conversations.filter((one) => one.kind === kind && one.name === name);
    if (found.length !== 1) throw new Error(`there are ${found.length} of ${kind} ${name}: ${this.order.join(', ')}`);
    return found[0]!;
  }
}
