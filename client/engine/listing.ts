import type { ListedUser, ServerPayload } from '../../common/wire/commands.js';
import type { Emit } from './protocol.js';
import type { Session } from './session.js';

/** Names that are asked for at the most; behind them the list says that there are more. */
const NAMES_MAX = 4_096;

/** Collects the pages of `list` (docs/PROTOCOL.md part 4) into one event. */
export class Listing {
  readonly #waiting: string[] = [];
  #users: ListedUser[] = [];

  constructor(private readonly session: Session, private readonly emit: Emit) {}

  ask(prefix: string): void {
    if (this.#waiting.includes(prefix)) return;
    this.#waiting.push(prefix);
    if (this.#waiting.length === 1) this.#askFrom('');
  }

  #askFrom(after: string): void {
    this.session.send('list', { prefix: this.#waiting[0]!, after });
  }

  readonly listed = ({ more, users }: ServerPayload<'list'>): void => {
    if (this.#waiting.length === 0) return;
    this.#users.push(...users);
    const last = users.at(-1);
    if (more === 1 && last && this.#users.length < NAMES_MAX) return this.#askFrom(last.name);
    const [prefix = ''] = this.#waiting;
    this.emit({ event: 'users', users: this.#users, more: more === 1, ...(prefix === '' ? {} : { prefix }) });
    this.#users = [];
    this.#waiting.shift();
    if (this.#waiting.length > 0) this.#askFrom('');
  };
}
