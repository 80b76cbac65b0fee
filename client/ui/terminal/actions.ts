import { type ChatCommandName, type CommandName, topics } from './commands.js';
import type { Desk } from './desk.js';
import { help } from './help.js';
import type { EnginePort } from './io.js';
import { parse, type Parsed } from './parse.js';
import { textOfLine } from './paste.js';
import { findPlace, keyOf, nameOf, placeOf } from './place.js';
import { Replies } from './replies.js';
import { roomActions } from './room-actions.js';
import { aside, problem, type Row, speech } from './row.js';
import type { Screen } from './screen.js';
import { inRows } from './show-trust.js';
import type { Texts } from './texts.js';

export interface ActionsOptions {
  readonly user: string;
  readonly engine: EnginePort;
  readonly desk: Desk;
  readonly texts: Texts;
  readonly screen: Pick<Screen, 'columns' | 'takeBack'>;
  print(rows: readonly Row[]): void;
  now(): Date;
  quit(): void;
}

/** Does what a line asks for. */
export class Actions {
  readonly #replies: Replies;
  readonly #commands: Readonly<Record<CommandName, (argument: string) => void>>;

  constructor(private readonly options: ActionsOptions) {
    this.#replies = new Replies(options.print, options.now);
    this.#commands = { ...this.#chatCommands, ...roomActions(options.desk, options.engine, this.#replies) };
  }

  /** A line was entered. */
  line(typed: string): void {
    const { desk } = this.options;
    if (desk.question) return this.#answer(typed);
    const parsed = parse(textOfLine(typed), desk.where, desk.known);
    switch (parsed.is) {
      case 'nothing':
        return desk.front.at === 'ended' ? desk.back() : undefined;
      case 'command':
        return this.#commands[parsed.command](parsed.argument);
      case 'text':
        return this.#say(parsed.text);
      case 'unknown':
        return this.#replies.problem(unknown(parsed, [...desk.places.keys()][0]));
      case 'surplus':
        return this.#replies.problem(`Not done: too much comes behind ${parsed.word}.`);
    }
  }

  /**
   * Ends the chat in front, as Ctrl-D does. A room is not left by a slip of the finger: only an invitation leads
   * back.
   */
  end(): void {
    const { desk } = this.options;
    const { room } = desk;
    if (room === undefined) return this.#leave();
    desk.back();
    this.#replies.notice(`You are still in ${room}: /switch ${room} leads back. /leave, in the room, leaves it.`);
  }

  #leave(): void {
    const { desk, engine } = this.options;
    const { front } = desk;
    if (front.at === 'chat') {
      const place = placeOf(front);
      if ('room' in place) desk.leaving(place);
      engine.do({ do: 'leave', ...place });
    }
    if (front.at === 'calling' && 'with' in front) engine.do({ do: 'cancel', with: front.with });
    if (front.at === 'ended') desk.back();
    if (front.at === 'server') this.#replies.notice('No chat is in front. exitx, or /quit, ends the program.');
  }

  readonly #chatCommands: Readonly<Record<ChatCommandName, (argument: string) => void>> = {
    list: (prefix) => this.options.engine.do({ do: 'list', ...(prefix === '' ? {} : { prefix }) }),
    chat: (argument) => this.#replies.withOne('chat', argument, [], (name) => {
      this.options.desk.calls.add(name);
      this.options.desk.expect({ with: name });
      this.options.engine.do({ do: 'chat', with: name });
    }),
    accept: (argument) => this.#replies.withOne('accept', argument, this.options.desk.requests, (name) => {
      if (this.options.desk.requests.delete(name)) this.#replies.notice(`Accepted; agreeing on keys with ${name}…`);
      this.options.desk.expect({ with: name });
      this.options.engine.do({ do: 'accept', with: name });
    }),
    refuse: (argument) => this.#replies.withOne('refuse', argument, this.options.desk.requests, (name) => {
      if (this.options.desk.requests.delete(name)) this.#replies.notice(`You do not chat with ${name} now.`);
      this.options.engine.do({ do: 'refuse', with: name });
    }),
    cancel: (argument) => this.#replies.withOne('cancel', argument, this.options.desk.calls, (name) =>
      this.options.engine.do({ do: 'cancel', with: name })),
    switch: (argument) => this.#switch(argument),
    back: () => this.options.desk.back(),
    leave: () => this.#leave(),
    verify: (argument) => this.#withPeer('verify', argument, (name) =>
      this.options.engine.do({ do: 'verify', with: name })),
    compared: (argument) => this.#withPeer('compared', argument, (name) =>
      this.options.engine.do({ do: 'compared', with: name })),
    trust: (argument) => this.#trust(argument),
    cert: (argument) => this.#withPeer('cert', argument, (name) =>
      this.options.engine.do({ do: 'certificate', with: name })),
    sign: (argument) => this.#replies.withOne('sign', argument, this.#signers, (name) =>
      this.#sign(name)),
    decline: (argument) => this.#replies.withOne('decline', argument, this.#signers, (name) => {
      this.options.engine.do({ do: 'decline', with: name });
      if (this.options.desk.signing.asking.delete(name)) this.#replies.notice(`The chat with ${name} stays as it is: not signed.`);
    }),
    help: (topic) => {
      const page = topics.find((each) => each === topic);
      if (topic !== '' && !page) return this.#replies.problem('There is /help, and /help rooms, /help signing.');
      this.options.print(help(this.options.screen.columns, page));
    },
    quit: () => this.options.quit(),
  };

  #say(text: string): void {
    const { desk, texts, engine, screen, user, print, now } = this.options;
    const { front } = desk;
    if (front.at !== 'chat') {
      const rest = 'Enter on an empty line goes on; arrow up has your text.';
      const over = desk.peer === undefined ? 'you are out of the room' : `the chat with ${desk.peer} has ended`;
      return this.#replies.problem(`Not sent: ${over}. ${rest}`);
    }
    const place = placeOf(front);
    screen.takeBack();
    const mark = 'with' in place ? desk.signing.markOfOwn(place.with) : '';
    print([speech(now(), user, text, { own: true, to: desk.places.size > 1 ? keyOf(place) : '', mark })]);
    engine.do({ do: 'say', ...place, text, id: texts.add(place, text) });
  }

  #sign(name: string): void {
    const { signing, chats } = this.options.desk;
    const waited = signing.asked.has(name);
    signing.sign(name, chats.has(name));
    if (!waited && signing.asked.has(name)) {
      this.#replies.notice(`${name} is asked to sign. What you say to ${name} waits for the answer.`);
    }
    this.options.engine.do({ do: 'sign', with: name });
  }

  #switch(argument: string): void {
    const { desk } = this.options;
    if (argument === '-') return desk.back();
    const found = findPlace(desk.places, argument);
    if (found) {
      desk.bring(found.place);
      const unread = found.unread > 0 ? ` (${found.unread} unread, above)` : '';
      return this.#replies.notice(`In front now: ${nameOf(found.place)}${unread}`);
    }
    if (argument !== '') {
      const room = argument.startsWith('#') ? argument.slice(1) : undefined;
      return this.#replies.problem(room === undefined
        ? `There is no chat with ${argument}: /chat ${argument} asks for one.`
        : `You are not in ${room}: /join ${room} enters.`);
    }
    const open = [...desk.places].map(([name, { place, unread }]) =>
      `${name}${desk.inFront(place) ? ' (in front)' : unread > 0 ? ` (${unread} unread)` : ''}`);
    this.#replies.notice(open.length === 0
      ? 'No chat is open.'
      : `Open chats: ${open.join(', ')}. /switch and a name brings one to the front.`);
  }

  /** The person compares, and says so: a number is approved as it was shown, and no other. */
  #trust(argument: string): void {
    const { desk, engine, print, now } = this.options;
    const [name = '', ...number] = argument.split(/\s+/);
    if (number.length > 0) return engine.do({ do: 'trust', with: name, number: number.join(' ') });
    this.#replies.withOne('trust', name, desk.changed.keys(), (changed) => {
      const numbers = desk.changed.get(changed);
      if (!numbers) return this.#replies.problem(`No changed key of ${changed} waits for your word.`);
      print([
        problem(now(), `The key of ${changed} has changed. Safety number before:`, 'warning'),
        ...inRows(numbers.old),
        aside('Safety number now:', 'warning'), ...inRows(numbers.new),
        aside(`Type yes if ${changed} has read the number now to you, and it is the same. ` +
          'Anything else changes nothing.', 'warning'),
      ]);
      desk.question = { with: changed, number: numbers.new };
    });
  }

  #answer(typed: string): void {
    const { desk, engine } = this.options;
    const { with: name, number } = desk.question!;
    desk.question = undefined;
    if (typed.trim().toLowerCase() === 'yes') engine.do({ do: 'trust', with: name, number });
    else this.#replies.notice(`The new key of ${name} is not approved; nothing was changed.`);
  }

  /** Who is meant by /sign and /decline without a name. */
  get #signers(): Iterable<string> {
    const { peer, signing } = this.options.desk;
    return peer === undefined ? signing.asking : [peer];
  }

  #withPeer(word: string, argument: string, go: (name: string) => void): void {
    this.#replies.withOne(word, argument, this.options.desk.peer === undefined ? [] : [this.options.desk.peer], go);
  }

}

function unknown({ word, slash, suggestion }: Parsed & { is: 'unknown' }, chat: string | undefined): string {
  const hint = suggestion ? `Did you mean ${suggestion}?`
    : !slash && chat !== undefined ? `To write to ${chat}: /switch ${chat}`
      : `${slash ? '/help' : 'helpx'} shows what you can do.`;
  const shown = word.length > 40 ? `${word.slice(0, 40)}…` : word;
  return slash
    ? `Not sent: there is no ${shown}. ${hint} Two slashes send a text that begins with one.`
    : `There is no command ${shown}. ${hint}`;
}
