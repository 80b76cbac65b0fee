import type { CommandName } from './commands.js';
import type { Desk } from './desk.js';
import { help } from './help.js';
import type { EnginePort } from './io.js';
import { parse, type Parsed } from './parse.js';
import { textOfLine } from './paste.js';
import { aside, notice, problem, type Row, speech } from './row.js';
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
  constructor(private readonly options: ActionsOptions) {}

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
        return this.#problem(unknown(parsed, [...desk.chats.keys()][0]));
      case 'surplus':
        return this.#problem(`Not done: too much comes behind ${parsed.word}.`);
    }
  }

  /** Ends the chat in front, as `/exit` and Ctrl-D do. */
  leave(): void {
    const { desk, engine } = this.options;
    const { front } = desk;
    if (front.at === 'chat') engine.do({ do: 'leave', with: front.with });
    else if (front.at === 'calling') engine.do({ do: 'cancel', with: front.with });
    else if (front.at === 'ended') desk.back();
    else this.#notice('No chat is in front. exitx, or /quit, ends the program.');
  }

  readonly #commands: Readonly<Record<CommandName, (argument: string) => void>> = {
    list: (prefix) => this.options.engine.do({ do: 'list', ...(prefix === '' ? {} : { prefix }) }),
    chat: (argument) => this.#withOne('chat', argument, [], (name) => {
      this.options.desk.calls.add(name);
      this.options.desk.expect(name);
      this.options.engine.do({ do: 'chat', with: name });
    }),
    accept: (argument) => this.#withOne('accept', argument, this.options.desk.requests, (name) => {
      if (this.options.desk.requests.delete(name)) this.#notice(`Accepted; agreeing on keys with ${name}…`);
      this.options.desk.expect(name);
      this.options.engine.do({ do: 'accept', with: name });
    }),
    refuse: (argument) => this.#withOne('refuse', argument, this.options.desk.requests, (name) => {
      if (this.options.desk.requests.delete(name)) this.#notice(`You do not chat with ${name} now.`);
      this.options.engine.do({ do: 'refuse', with: name });
    }),
    cancel: (argument) => this.#withOne('cancel', argument, this.options.desk.calls, (name) =>
      this.options.engine.do({ do: 'cancel', with: name })),
    switch: (argument) => this.#switch(argument),
    back: () => this.options.desk.back(),
    leave: () => this.leave(),
    verify: (argument) => this.#withPeer('verify', argument, (name) =>
      this.options.engine.do({ do: 'verify', with: name })),
    compared: (argument) => this.#withPeer('compared', argument, (name) =>
      this.options.engine.do({ do: 'compared', with: name })),
    trust: (argument) => this.#trust(argument),
    help: () => this.options.print(help(this.options.screen.columns)),
    quit: () => this.options.quit(),
  };

  #say(text: string): void {
    const { desk, texts, engine, screen, user, print, now } = this.options;
    const { front } = desk;
    if (front.at !== 'chat') {
      const rest = 'Enter on an empty line goes on; arrow up has your text.';
      return this.#problem(`Not sent: the chat with ${desk.peer} has ended. ${rest}`);
    }
    screen.takeBack();
    print([speech(now(), user, text, { own: true, to: desk.chats.size > 1 ? front.with : '' })]);
    engine.do({ do: 'say', with: front.with, text, id: texts.add(front.with, text) });
  }

  #switch(argument: string): void {
    const { desk } = this.options;
    if (argument === '-') return desk.back();
    if (argument !== '' && desk.chats.has(argument)) {
      const unread = desk.chats.get(argument)!;
      desk.bring(argument);
      return this.#notice(`In front now: ${argument}${unread > 0 ? ` (${unread} unread, above)` : ''}`);
    }
    if (argument !== '') {
      return this.#problem(`There is no chat with ${argument}: /chat ${argument} asks for one.`);
    }
    const chats = [...desk.chats].map(([name, unread]) =>
      `${name}${desk.inFront(name) ? ' (in front)' : unread > 0 ? ` (${unread} unread)` : ''}`);
    this.#notice(chats.length === 0
      ? 'No chat is open.'
      : `Open chats: ${chats.join(', ')}. /switch and a name brings one to the front.`);
  }

  /** The person compares, and says so: a number is approved as it was shown, and no other. */
  #trust(argument: string): void {
    const { desk, engine, print, now } = this.options;
    const [name = '', ...number] = argument.split(/\s+/);
    if (number.length > 0) return engine.do({ do: 'trust', with: name, number: number.join(' ') });
    this.#withOne('trust', name, desk.changed.keys(), (changed) => {
      const numbers = desk.changed.get(changed);
      if (!numbers) return this.#problem(`No changed key of ${changed} waits for your word.`);
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
    else this.#notice(`The new key of ${name} is not approved; nothing was changed.`);
  }

  #withPeer(word: string, argument: string, go: (name: string) => void): void {
    this.#withOne(word, argument, this.options.desk.peer === undefined ? [] : [this.options.desk.peer], go);
  }

  /** With the name that was typed, or the only one that can be meant. */
  #withOne(word: string, argument: string, meant: Iterable<string>, go: (name: string) => void): void {
    const names = [...meant];
    if (argument !== '') return go(argument);
    if (names.length === 1) return go(names[0]!);
    this.#problem(`Whom? For instance: /${word} ${names[0] ?? 'bob'}`);
  }

  #notice(text: string): void {
    this.options.print([notice(this.options.now(), text)]);
  }

  #problem(text: string): void {
    this.options.print([problem(this.options.now(), text)]);
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
