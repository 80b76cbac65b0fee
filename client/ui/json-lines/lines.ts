/** A text of 65,412 bytes, each written as \u0000, and what is around it. */
const LINE_MAX = 512 * 1024;

const LF = 0x0a;

/** Cuts a stream of bytes into lines; of a line that is too long nothing is kept. */
export class Lines {
  #parts: Buffer[] = [];
  #length = 0;

  constructor(private readonly line: (text: string) => void, private readonly unfit: (code: 'too-long' | 'malformed', text: string) => void) {}

  push(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(LF); end >= 0; end = rest.indexOf(LF)) {
      this.#keep(rest.subarray(0, end));
      this.end();
      rest = rest.subarray(end + 1);
    }
    this.#keep(rest);
  }

  /** What stands at the end without an LF is a line too. */
  end(): void {
    const length = this.#length;
    const bytes = Buffer.concat(this.#parts);
    const text = bytes.toString('utf8');
    this.#parts = [];
    this.#length = 0;
    if (length > LINE_MAX) this.unfit('too-long', 'A line is too long: it was left out.');
    else if (!Buffer.from(text, 'utf8').equals(bytes)) this.unfit('malformed', 'A line is not UTF-8: it was left out.');
    else if (length > 0) this.line(text);
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > LINE_MAX) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }
}
