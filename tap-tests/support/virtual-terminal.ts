import { Readable, Writable } from 'node:stream';

/**
 * As much of a terminal as a line editor needs, to see what a person would see: printing with late wrap, CR, LF, BS,
 * and the sequences CUU CUD CUF CUB CHA CUP ED EL. Modes and colours are kept aside; anything else throws.
 */
export class VirtualTerminal extends Writable {
  readonly isTTY = true;
  readonly modes: string[] = [];
  /** All that was written. */
  raw = '';
  #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  /** First row of the screen: those above have scrolled away, and no cursor comes there. */
  #top = 0;
  #held = '';

  constructor(readonly columns = 80, readonly rows = 24) {
    super({ decodeStrings: false });
  }

  /** Rows from the beginning, without spaces at their ends and empty rows at the foot. */
  get text(): string[] {
    const lines = this.#lines.map((line) => line.map((cell) => cell ?? ' ').join('').trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  get cursor(): { row: number; column: number } {
    return { row: this.#row, column: this.#column };
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.raw += String(chunk);
    this.#held += String(chunk);
    const token = /^(?:\x1b\[([?\d;]*)([A-Za-z])|[^\x1b])/su;
    for (let match = token.exec(this.#held); match; match = token.exec(this.#held)) {
      this.#held = this.#held.slice(match[0].length);
      if (match[2]) this.#control(match[1]!, match[2]);
      else this.#put(match[0]);
    }
    done();
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#down();
    else if (character === '\b') this.#column = Math.max(0, this.#column - 1);
    else if (character === '\t') this.#column = Math.min(this.columns - 1, this.#column - (this.#column % 8) + 8);
    else if (character < ' ' || character === '\x7f') throw new Error(`control character ${JSON.stringify(character)}`);
    else {
      if (this.#column >= this.columns) {
        this.#column = 0;
        this.#down();
      }
      this.#lines[this.#row]![this.#column++] = character;
    }
    for (let at = 0; at < this.#column; at++) this.#lines[this.#row]![at] ??= ' ';
  }

  #down(): void {
    this.#row++;
    this.#lines[this.#row] ??= [];
    this.#top = Math.max(this.#top, this.#row - this.rows + 1);
  }

  #control(parameters: string, final: string): void {
    const count = Number(parameters) || 1;
    const line = this.#lines[this.#row]!;
    switch (final) {
      case 'A': this.#row = Math.max(this.#top, this.#row - count); break;
      case 'B': for (let at = 0; at < count; at++) this.#down(); break;
      case 'C': this.#column = Math.min(this.columns - 1, this.#column + count); break;
      case 'D': this.#column = Math.max(0, Math.min(this.#column, this.columns - 1) - count); break;
      case 'G': this.#column = count - 1; break;
      case 'J':
        if (parameters !== '' && parameters !== '0') throw new Error(`ED ${parameters}`);
        line.length = Math.min(line.length, this.#column);
        this.#lines.length = this.#row + 1;
        break;
      case 'K': line.length = Math.min(line.length, this.#column); break;
      case 'm': break;
      case 'h': case 'l': this.modes.push(parameters + final); break;
      default: throw new Error(`CSI ${parameters} ${final}`);
    }
  }
}

/** The keys of a terminal. */
export class VirtualKeys extends Readable {
  readonly isTTY = true;
  isRaw = false;

  override _read(): void {}

  setRawMode(raw: boolean): this {
    this.isRaw = raw;
    return this;
  }

  /** Resolves when what was typed has been taken. */
  async type(text: string): Promise<void> {
    this.push(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
