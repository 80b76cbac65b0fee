import type { Target } from '../../support/attacker/line.js';
import type { Person } from '../../support/attacker/primitives.js';

/** Somebody whom the server lets in, and of whom the attacker has the key. */
export interface Insider {
  readonly name: string;
  readonly person: Person;
  /** DER, the own one first; none where the server has the key enrolled. */
  readonly certificates: readonly Buffer[];
}

/** The server that is attacked, and what the attacker has to begin with. */
export interface Field {
  readonly target: Target;
  /** The server's own public key, SPKI: honest logins look for its signature. */
  readonly server: Buffer;
  /** Two users; nobody else uses their names meanwhile. */
  readonly insiders: readonly [Insider, Insider];
  /**
   * The further loopback addresses from which the attacker may come; a server counts connections by address. Empty
   * where the target is elsewhere.
   */
  readonly addresses: readonly string[];
  /** What takes long is done `scale` times as often: 1 in a test, more by a person with time. */
  readonly scale: number;
  /** An authority that the server believes and that looks at nothing: a chain (DER) for any name and any SPKI. */
  readonly authority?: ((name: string, spki: Buffer) => readonly Buffer[]) | undefined;
  /** The server's own pair, stolen; the name is its certificate's. */
  readonly serverPair?: Insider | undefined;
  /** Work for the end, last first. */
  readonly onEnd: (end: () => void | Promise<void>) => void;
}

/** What one attack came to, in words for the table. */
export interface Finding {
  readonly did: string;
  readonly saw: string;
  /** The server did what docs/PROTOCOL.md says; `false` is an attack that succeeded. */
  readonly held: boolean;
}

/** What the attack needs is not there: the message says what. Whatever else an attack throws is unexpected. */
export class NotTried extends Error {}

/** One row of the table of attacks, tried from outside on a running server. Throws NotTried. */
export interface Attack {
  readonly row: string;
  readonly title: string;
  /** It measures the rate: its users must have said nothing for a window before. */
  readonly rested?: true;
  run(field: Field): Promise<Finding>;
}

/** held as long as nothing contradicts; the first contradiction is what was seen. */
export class Verdict {
  readonly #wrong: string[] = [];

  /** Nothing has contradicted yet: where every case takes its time, it is no use to go on after the first. */
  get held(): boolean {
    return this.#wrong.length === 0;
  }

  expect(held: boolean, otherwise: string): void {
    if (!held) this.#wrong.push(otherwise);
  }

  finding(did: string, saw: string): Finding {
    const [first, ...more] = this.#wrong;
    const held = first === undefined;
    return { did, saw: held ? saw : `${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`, held };
  }
}
