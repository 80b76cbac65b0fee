import { notice, problem, type Row } from './row.js';

/** What the face itself answers to a line. */
export class Replies {
  constructor(readonly print: (rows: readonly Row[]) => void, private readonly now: () => Date) {}

  notice(text: string): void {
    this.print([notice(this.now(), text)]);
  }

  problem(text: string): void {
    this.print([problem(this.now(), text)]);
  }

  /** With the name that was typed, or the only one that can be meant. */
  withOne(word: string, argument: string, meant: Iterable<string>, go: (name: string) => void): void {
    const names = [...meant];
    if (argument !== '') return go(argument);
    if (names.length === 1) return go(names[0]!);
    this.problem(`Whom? For instance: /${word} ${names[0] ?? 'bob'}`);
  }
}
