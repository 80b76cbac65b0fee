import type { Clock, Timer } from '../../../common/clock.js';
import type { CommandName } from './commands.js';
import type { Desk } from './desk.js';
import { isOneWord, parse } from './parse.js';
import type { Texts } from './texts.js';

/** What is about the chat that is in front: it waits until there is one. */
const ofChats: readonly CommandName[] = ['sign', 'decline', 'verify', 'compared'];

/** For so long after the last event texts are waited for before the chat, or the program, is left. */
export const SETTLE_MS = 30_000;

/**
 * Lines that come from a file or a pipe, done strictly in order: a line waits until the connection is there,
 * words for a peer wait until that peer has answered, what is done in a room until it is entered, and nothing
 * is left before what was said has arrived. Behind /sign no words go to that peer that are not signed: they wait for
 * the answer, and where the peer does not sign the script ends.
 */
export class Script {
  readonly #lines: string[] = [];
  #ended = false;
  #running = false;
  #stopped = false;
  #timer: Timer | undefined;

  constructor(
    private readonly desk: Desk,
    private readonly texts: Texts,
    private readonly clock: Clock,
    private readonly perform: (line: string) => void,
    private readonly quit: () => void,
    /** What comes next must not be said, nor what is behind it. */
    private readonly unsigned: (peer: string, lines: readonly string[]) => void,
  ) {}

  add(line: string): void {
    this.#lines.push(line);
    this.go();
  }

  end(): void {
    this.#ended = true;
    this.go();
  }

  /** Something has happened: a line that waited may go. */
  go(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#wait(false);
    while (this.#lines.length > 0 && this.#may(this.#lines[0]!)) this.perform(this.#lines.shift()!);
    this.#running = false;
    const waits = this.desk.front.at === 'calling' || this.desk.front.at === 'leaving';
    const through = this.#ended && this.#lines.length === 0 && !waits;
    if (through && this.#maySettle()) this.#finish();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #may(line: string): boolean {
    const { online, front, where, known } = this.desk;
    if (!online) return false;
    // A call can be taken back, by a line in the place where the first words to the peer would be. A room is entered
    // or not at once, and what is done in it waits for that.
    const isCommand = (line.startsWith('/') && !line.startsWith('//')) || isOneWord(line);
    if (front.at === 'leaving') return false;
    if (front.at === 'calling' && ('room' in front || !isCommand)) return false;
    const parsed = parse(line, where, known);
    if (front.at === 'calling' && parsed.is === 'command' && ofChats.includes(parsed.command)) return false;
    if (parsed.is === 'text' && this.#mustBeSigned) return this.#maySign();
    const leaves = parsed.is === 'command' && (parsed.command === 'leave' || parsed.command === 'quit');
    return !leaves || this.#maySettle();
  }

  get #mustBeSigned(): boolean {
    const { peer, signing } = this.desk;
    return peer !== undefined && signing.wanted.has(peer) && !(this.desk.front.at === 'chat' && signing.has(peer));
  }

  /** The engine bounds how long an answer is waited for. */
  #maySign(): boolean {
    const { peer, signing } = this.desk;
    if (signing.asked.has(peer!)) return false;
    this.#stopped = true;
    this.unsigned(peer!, this.#lines.splice(0));
    return false;
  }

  #maySettle(): boolean {
    if (!this.desk.online) return false;
    const settled = this.texts.waiting === 0;
    if (!settled) this.#wait(true);
    return settled;
  }

  /** Receipts that never come hold nothing up for good. */
  #wait(on: boolean): void {
    this.#timer?.cancel();
    this.#timer = on ? this.clock.after(SETTLE_MS, () => this.#giveUp()) : undefined;
  }

  #giveUp(): void {
    const line = this.#lines.shift();
    if (line === undefined) return this.#finish();
    this.perform(line);
    this.go();
  }

  #finish(): void {
    this.stop();
    this.quit();
  }
}
