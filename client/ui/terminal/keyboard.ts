import { emitKeypressEvents, type Interface, type Key } from 'node:readline';
import type { TerminalIo } from './io.js';
import { BREAK, pastedIntoLine, PASTE_OFF, PASTE_ON } from './paste.js';

export interface KeyboardEvents {
  /** Ctrl-C on an empty line. */
  interrupt(): void;
  /** Ctrl-D on an empty line. */
  end(): void;
  /** The terminal is there again after Ctrl-Z. */
  resumed(): void;
  /** There is no terminal any more. */
  gone(): void;
}

/** Control characters that are no key: they come with what is pasted where the terminal does not mark it. */
const NO_KEY = /^[\0\x1c\x1d\x80-\x9f]$/;

/**
 * Stands between the terminal and readline: hands keys on, a pasted text as one piece, and takes out the keys
 * that mean something else here. `start` changes the modes of the terminal, `stop` and the end of the process
 * change them back.
 */
export class Keyboard {
  /** How far the last row of the line that was entered was below its first. */
  rows = 0;
  #pasted: string | undefined;
  #on = false;

  constructor(
    private readonly io: TerminalIo,
    private readonly rl: Interface,
    private readonly events: KeyboardEvents,
  ) {}

  start(): void {
    const { input } = this.io;
    // Not with `rl` as its second argument: at several keys in one read readline would write without minding
    // rows.
    emitKeypressEvents(input);
    input.on('keypress', this.#take).on('end', this.#gone).on('error', this.#gone);
    this.rl.on('SIGTSTP', this.#suspend);
    process.on('exit', this.#modesOff);
    this.#modesOn();
    input.resume();
  }

  stop(): void {
    const { input } = this.io;
    input.off('keypress', this.#take).off('end', this.#gone).off('error', this.#gone);
    process.off('exit', this.#modesOff).off('SIGCONT', this.#continue);
    this.#modesOff();
    input.pause();
  }

  readonly #take = (text: string | undefined, key: Key): void => {
    if (key.name === 'paste-start') {
      this.#pasted = '';
    } else if (key.name === 'paste-end') {
      const pasted = pastedIntoLine(this.#pasted ?? '');
      this.#pasted = undefined;
      if (pasted !== '') this.rl.write(pasted);
    } else if (key.ctrl && key.name === 'c') {
      this.#interrupt();
    } else if (this.#pasted !== undefined) {
      // Sequences of several characters are keys, and no part of a text.
      this.#pasted += text ?? (key.sequence?.startsWith('\x1b') ? '' : key.sequence ?? '');
    } else if (key.ctrl && key.name === 'd' && this.rl.line === '') {
      this.events.end();
    } else if (text === '\u2028' || text === '\u2029') {
      this.rl.write(BREAK);
    } else if (key.name === undefined && NO_KEY.test(text ?? '')) {
      // readline would put it into the line, and show it.
    } else {
      if (key.name === 'return' || key.name === 'enter') this.#enter();
      this.rl.write(text as string, key);
    }
  };

  #enter(): void {
    this.rl.write(null, { ctrl: true, name: 'e' });
    this.rows = this.rl.getCursorPos().rows;
  }

  #interrupt(): void {
    this.#pasted = undefined;
    if (this.rl.line === '') return this.events.interrupt();
    this.rl.write(null, { ctrl: true, name: 'e' });
    this.rl.write(null, { ctrl: true, name: 'u' });
  }

  readonly #gone = (): void => this.events.gone();

  /* Modes of the terminal. */

  #modesOn(): void {
    this.#on = true;
    this.io.input.setRawMode?.(true);
    this.io.output.write(PASTE_ON);
  }

  readonly #modesOff = (): void => {
    if (!this.#on) return;
    this.#on = false;
    this.io.output.write(PASTE_OFF);
    try {
      this.io.input.setRawMode?.(false);
    } catch {
      // The terminal is gone, and its modes with it.
    }
  };

  readonly #suspend = (): void => {
    this.#modesOff();
    process.once('SIGCONT', this.#continue);
    process.kill(process.pid, 'SIGTSTP');
  };

  readonly #continue = (): void => {
    this.#modesOn();
    this.events.resumed();
  };
}
