import type { Command } from './reference-model.js';

/** Commands and messages as bytes (docs/PROTOCOL.md part 4), without the codecs of the product. */

const NOTHING = Buffer.alloc(0);

/** The payload of a client's command. @param id the 8 bytes of a conversation, in hexadecimal */
export function payloadOf([verb, ...more]: Command, id: (conversation: string) => string): Buffer {
  const [first = NOTHING, second = NOTHING] = more.map((each) => Buffer.from(each, 'latin1'));
  switch (verb) {
    case 'frwd': return Buffer.concat([Buffer.from(id(more[0]!), 'hex'), second]);
    case 'exch': return Buffer.from(id(more[0]!), 'hex');
    case 'list': return Buffer.concat([Buffer.of(first.length), first, Buffer.of(second.length), second]);
    default: return first;
  }
}

/** A server's message as one line, as the reference model says it. Bytes of a `ping` are left out: they are random. */
export function inWords(
  command: string, payload: Buffer, name: (id: string) => string, keyOf: (user: string) => Buffer,
): string {
  const text = (from: number, to?: number) => payload.toString('latin1', from, to);
  const conversation = (from: number) => name(payload.toString('hex', from, from + 8));
  switch (command) {
    case 'pubk': {
      const peer = text(10, 10 + payload[9]!);
      const rest = payload.subarray(10 + peer.length);
      const expected = Buffer.concat([Buffer.of(0, keyOf(peer).length >> 8, keyOf(peer).length & 0xff), keyOf(peer)]);
      return `pubk ${conversation(0)} ${payload[8]} ${peer}${rest.equals(expected) ? '' : ' with another key'}`;
    }
    case 'frwd': return `frwd ${conversation(0)} ${text(8)}`;
    case 'exch': return `exch ${conversation(0)} ${payload.subarray(8).join(' ')}`;
    case 'list': return `list ${payload[0]} ${text(1).replace(/\n/g, ' ')}`.trim();
    case 'erro': {
      const [code, length] = [payload.readUInt16BE(0), payload[2]!];
      const about = text(3, 7);
      if (length === 0) return `erro ${code}`;
      const subject = about === 'frwd' || about === 'exch' ? conversation(7) : text(7, 3 + length);
      return `erro ${code} ${about} ${subject}`;
    }
    case 'ping': return 'ping';
    default: return `${command} ${text(0)}`.trim();
  }
}
