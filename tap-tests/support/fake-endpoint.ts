import { type Codec, decode } from '../../common/bytes/codec.js';
import { endReasons, errorCodes, type ServerCommand, serverCommands, type ServerPayload } from '../../common/wire/commands.js';
import type { Endpoint } from '../../server/relay/endpoint.js';

const nameOf = (table: Record<string, number>, code: number) =>
  Object.keys(table).find((name) => table[name] === code) ?? String(code);

/** An endpoint without a connection: what it is sent is written down as one line a message. */
export class FakeEndpoint implements Endpoint {
  readonly spki: Buffer;
  readonly certificates: readonly Buffer[] = [];
  readonly forgotten: string[] = [];
  probes = 0;
  /** What `forward` and `deliver` answer. */
  hasRoom = true;
  #lines: string[] = [];

  constructor(readonly username: string) {
    this.spki = Buffer.from(`key of ${username}`);
  }

  send<C extends ServerCommand>(command: C, payload: ServerPayload<C>): void {
    this.#lines.push(line(command, payload as Record<string, any> | undefined));
  }

  forward(conversation: string, payload: Buffer): boolean {
    this.#lines.push(`frwd ${conversation} ${payload.toString('latin1', 8)}`);
    return this.hasRoom;
  }

  deliver(_account: string, command: ServerCommand, payload: Buffer): boolean {
    this.#lines.push(line(command, decode<Record<string, any>>(serverCommands[command] as Codec<any>, payload)));
    return this.hasRoom;
  }

  forget(account: string): void {
    this.forgotten.push(account);
  }

  probe(): void {
    this.probes++;
  }

  /** What came since the last time. */
  take(): string[] {
    return this.#lines.splice(0);
  }
}

function line(command: string, payload: Record<string, any> = {}): string {
  switch (command) {
    case 'erro': return `erro ${nameOf(errorCodes, payload['code'])} ${about(payload['about'])}`;
    case 'exch': return `exch ${payload['conversation']} ${nameOf(endReasons, payload['reason'])}`;
    case 'pubk': return `pubk ${payload['conversation']} ${payload['role']} ${payload['peer']} ${payload['spki']}`;
    case 'list': return `list ${payload['more']} ${payload['users'].map(({ name, inChat }: { name: string; inChat: boolean }) => `${name}${inChat ? '*' : ''}`).join(',')}`;
    default: return [command, ...Object.values(payload)].join(' ');
  }
}

/** `chat bob`, or `frwd` and 16 hexadecimal digits. */
function about(bytes: Buffer): string {
  const [command, subject] = [bytes.toString('latin1', 0, 4), bytes.subarray(4)];
  const isConversation = command === 'frwd' || command === 'exch';
  return `${command} ${subject.toString(isConversation ? 'hex' : 'latin1')}`;
}
