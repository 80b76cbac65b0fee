import type { Credentials } from '../client/engine/login.js';
import { x25519Suite } from '../common/crypto/suite.js';
import { CONVERSATION } from '../common/wire/commands.js';
import { kinds, sealedLength } from '../common/wire/end-to-end.js';
import type { Pair } from './line.js';
import { MessageLine } from './message-line.js';
import { Messages } from './messages.js';
import { RawClient } from './raw-client.js';

/** Kind and body of an end-to-end record that fills a cell; the counter, where it has its place, goes up. */
const HEAD = Buffer.concat([Buffer.from([kinds.record]), Buffer.from('MessageAppV2', 'latin1')]);
const LENGTH = CONVERSATION + 1 + sealedLength(1);

/** One end of a conversation: ready-made end-to-end records, sealed in real records of the outer layer. */
export class RawLine extends MessageLine {
  constructor(private readonly client: RawClient, conversation: Buffer) {
    const head = Buffer.concat([conversation, HEAD]);
    super(new Messages(head, LENGTH), new Messages(head, LENGTH));
    client.heard = (command, payload) => {
      if (command !== 'frwd') throw new Error(`${command} came where frwd was due.`);
      this.take(payload);
    };
  }

  send(): void {
    this.client.send('frwd', this.outgoing.next());
  }

  leave(): Promise<void> {
    return this.client.leave();
  }
}

/** Logs two in, and has the one call the other. */
export async function rawPair(port: number, caller: Credentials, receiver: Credentials): Promise<Pair> {
  const one = await RawClient.logIn(port, caller, [x25519Suite]);
  const other = await RawClient.logIn(port, receiver, [x25519Suite]);
  const [called, requested] = [one.next('call'), other.next('reqt')];
  one.send('chat', Buffer.from(receiver.username, 'latin1'));
  await Promise.all([called, requested]);
  const introduced = [one.next('pubk'), other.next('pubk')] as const;
  other.send('acpt', Buffer.from(caller.username, 'latin1'));
  const [own] = await Promise.all(introduced);
  const conversation = Buffer.from(own.subarray(0, CONVERSATION));
  return [new RawLine(one, conversation), new RawLine(other, conversation)];
}
