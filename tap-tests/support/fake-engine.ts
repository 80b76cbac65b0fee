import type { EnginePort } from '../../client/ui/terminal/io.js';
import type { ChatEvent, Command, Emit, Event } from '../../client/engine/protocol.js';
import type { RoomEvent, RoomMember } from '../../client/engine/room-protocol.js';

export const NUMBER = '08213 75832 98438 21202 37414 06175 89833 18220 94849 20453 84655 13781';
export const OTHER_NUMBER = NUMBER.split(' ').reverse().join(' ');

export const ready: Event = {
  event: 'ready', user: 'alice', fingerprint: '0123456789abcdef'.repeat(4), suite: 'X25519',
  server: {
    name: 'localhost', subject: 'CN=localhost', issuer: 'CN=MessageApp authority', validFrom: '2026-01-02T00:00:00.000Z',
    validTo: '2027-01-02T00:00:00.000Z', fingerprint: 'fedcba9876543210'.repeat(4),
  },
};

export const chatWith = (name: string, more: Partial<ChatEvent & { event: 'chat' }> = {}): Event => ({
  event: 'chat', with: name, role: 'caller', trust: 'first-use', compared: false, fingerprint: 'ab'.repeat(32),
  safetyNumber: NUMBER, suite: 'X25519', ...more,
});

export const leftBy = (name: string, more: Partial<ChatEvent & { event: 'left' }> = {}): Event => ({
  event: 'left', with: name, reason: 'left', by: 'peer', unsent: [], unconfirmed: [], ...more,
});

export const joined = (room: string, made = false): RoomEvent => ({ event: 'joined', room, made });

export const saidIn = (room: string, name: string, text: string): RoomEvent =>
  ({ event: 'message', room, with: name, text, sent: 1 });

export const outOf = (room: string, more: Partial<RoomEvent & { event: 'left' }> = {}): RoomEvent => ({
  event: 'left', room, reason: 'left', by: 'alice', unsent: [], unconfirmed: [], ...more,
});

export const member = (name: string, more: Partial<RoomMember> = {}): RoomMember => ({
  name, fingerprint: '0123456789abcdef'.repeat(4), trust: 'certified', compared: false, admin: false, present: true,
  secured: true, ...more,
});

/** Keeps what it is told, and says what a test tells it to. */
export class FakeEngine implements EnginePort {
  readonly done: Command[] = [];
  started = false;
  readonly #listeners = new Set<Emit>();

  /** @param answer what the engine says to a command, at once */
  constructor(private readonly answer: (command: Command) => readonly Event[] = () => []) {}

  get listeners(): number {
    return this.#listeners.size;
  }

  listen(listener: Emit): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.started = true;
  }

  do(command: Command): void {
    this.done.push(command);
    this.say(...this.answer(command));
  }

  say(...events: readonly Event[]): void {
    for (const event of events) for (const listener of [...this.#listeners]) listener(event);
  }

  /** The last commands, and none of them twice. */
  take(): Command[] {
    return this.done.splice(0);
  }
}
