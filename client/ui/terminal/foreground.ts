import type { Front } from './front.js';
import type { Where } from './parse.js';
import { keyOf, type Place, placeOf } from './place.js';

/** Keeps what is in front, and the rules by which it changes (see Front). */
export class Foreground {
  front: Front = { at: 'server' };

  /** @param script lines come from a file or a pipe: nobody sees a prompt change */
  constructor(protected readonly script: boolean) {}

  get where(): Where {
    return this.front.at === 'calling' || this.front.at === 'leaving' ? 'server' : this.front.at;
  }

  /** What a line belongs to, also where it can go there no more. */
  get place(): Place | undefined {
    return this.front.at === 'chat' || this.front.at === 'ended' ? placeOf(this.front) : undefined;
  }

  /** The peer that a command without a name is about. */
  get peer(): string | undefined {
    const { place } = this;
    return place && 'with' in place ? place.with : undefined;
  }

  /** The room in front. */
  get room(): string | undefined {
    return this.front.at === 'chat' && 'room' in this.front ? this.front.room : undefined;
  }

  inFront(place: Place): boolean {
    return this.front.at === 'chat' && this.isAbout(place);
  }

  /** Puts an open chat, or a room, in front. */
  bring(place: Place): void {
    this.front = { at: 'chat', ...placeOf(place) };
  }

  back(): void {
    this.front = { at: 'server' };
  }

  /** The person calls, accepts, or enters: in a script, what follows is for that place. */
  expect(place: Place): void {
    if (this.script && this.front.at !== 'chat') this.front = { at: 'calling', ...placeOf(place) };
  }

  /** The person leaves the room in front: the next line is not for it, also where that takes a moment. */
  leaving(place: Place): void {
    this.front = this.script ? { at: 'leaving', ...placeOf(place) } : { at: 'server' };
  }

  protected isAbout(place: Place): boolean {
    return this.front.at !== 'server' && keyOf(this.front) === keyOf(place);
  }

  /** @param mayCome it takes the front from the server prompt */
  protected opened(place: Place, mayCome: boolean): void {
    const { at } = this.front;
    const again = (at === 'ended' || at === 'calling') && this.isAbout(place);
    if (again || ((at === 'server' || at === 'ended') && mayCome)) this.bring(place);
  }

  /** @param asked the person has just left it */
  protected ended(place: Place, asked: boolean, typing: boolean): void {
    if (this.front.at === 'leaving' && this.isAbout(place)) return this.back();
    if (!this.inFront(place)) return;
    const stays = !asked && (typing || this.script);
    this.front = stays ? { at: 'ended', ...placeOf(place) } : { at: 'server' };
  }

  /** What a script says next was meant for a place that does not open. */
  protected notBegun(place: Place, isOpen: boolean): void {
    if (this.front.at !== 'calling' || !this.isAbout(place)) return;
    if (isOpen) this.bring(place);
    else this.front = { at: 'ended', ...placeOf(place) };
  }

  protected lost(): void {
    if (this.front.at === 'leaving') this.back();
    if (this.front.at === 'calling') this.front = { ...this.front, at: 'ended' };
  }
}
