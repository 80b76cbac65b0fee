import type { SecureContext } from 'node:tls';
import type { Line, Pair } from './line.js';
import { MessageLine } from './message-line.js';
import { Messages } from './messages.js';
import { TlsClient } from './tls-client.js';
import { EVERYONE, FRAME, memberNumber } from './tls-frames.js';

/** How to reach a TLS relay, and to behave as it does. */
export interface TlsPlace {
  readonly port: number;
  readonly clients: readonly SecureContext[];
  /** As in tls-relay-process.ts. */
  readonly gathers: boolean;
}

class TlsLine extends MessageLine {
  constructor(private readonly client: TlsClient, own: Buffer, other: Buffer) {
    super(new Messages(other, FRAME), new Messages(own, FRAME));
    client.heard = (frame) => this.take(frame);
  }

  send(): void {
    this.client.send(this.outgoing.next());
  }

  leave(): Promise<void> {
    return this.client.leave();
  }
}

/** Logs one in, whom the relay then knows by its number. */
async function join({ port, clients, gathers }: TlsPlace, number: Buffer, index: number): Promise<TlsClient> {
  const client = await TlsClient.logIn(port, clients[index % clients.length]!, gathers);
  const known = client.next();
  client.send(Buffer.concat([number, Buffer.alloc(FRAME - number.length)]));
  await known;
  return client;
}

/** Logs two in, who then know each other's number. @param index of the pair */
export async function tlsPair(place: TlsPlace, index: number): Promise<Pair> {
  const numbers = [memberNumber(2 * index), memberNumber(2 * index + 1)] as const;
  const [one, other] = [await join(place, numbers[0], index), await join(place, numbers[1], index)];
  return [new TlsLine(one, numbers[0], numbers[1]), new TlsLine(other, numbers[1], numbers[0])];
}

/** Logs so many in, each of whom speaks to all others. */
export async function tlsRoom(place: TlsPlace, size: number): Promise<Line[]> {
  const lines: Line[] = [];
  for (let index = 0; index < size; index++) {
    lines.push(new TlsLine(await join(place, memberNumber(index), index), EVERYONE, EVERYONE));
  }
  return lines;
}
