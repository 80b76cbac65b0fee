import {
  constants, createHash, createPrivateKey, createPublicKey, diffieHellman, type KeyObject, privateDecrypt,
} from 'node:crypto';
import { decode } from '../../common/bytes/codec.js';
import { ReceivingChain } from '../../common/crypto/ratchet.js';
import { sha256 } from '../../common/crypto/node.js';
import { Secret } from '../../common/crypto/secret.js';
import { MessageAppError } from '../../common/errors.js';
import { Inbox } from '../../common/transport/inbox.js';
import { body1, body2, body3 } from '../../common/wire/bodies.js';
import { readCell } from '../../common/wire/cell.js';
import {
  type ClientCommand, clientCommands, type CommandTable, type ServerCommand, serverCommands,
} from '../../common/wire/commands.js';
import { contentTypes, kinds } from '../../common/wire/end-to-end.js';
import { CELL } from '../../common/wire/limits.js';
import { KnownExchange } from './known-secrets.js';

/** The three bodies of an exchange, as they were captured; everything in them is public. */
export interface Bodies {
  readonly t0: Buffer;
  readonly body1: Buffer;
  readonly body2: Buffer;
  readonly body3: Buffer;
}

/** Everything that passed on one connection. */
export interface Capture {
  readonly sent: Buffer;
  readonly received: Buffer;
}

export const loginIn = ({ sent, received }: Capture, t0: Buffer): Bodies => ({
  t0,
  body1: readCell(sent.subarray(0, CELL), ['M1']).body,
  body2: readCell(received.subarray(0, CELL), ['M2']).body,
  body3: readCell(sent.subarray(CELL, 2 * CELL), ['M3']).body,
});

/** The ephemeral public key, as it is in body 2. */
export const ephemeralIn = ({ body2: bytes }: Bodies): Buffer => decode(body2, bytes).ephemeralKey;

/**
 * Whatever could be K to one who has these private keys, by every use that a key has: RSA decryption with every
 * padding, and Diffie-Hellman with what was captured, an Ed25519 key turned into the X25519 key of the same secret.
 */
export function candidates({ body1: one, body2: two, body3: three }: Bodies, keys: readonly KeyObject[]): Buffer[] {
  const { nonce: r2, ephemeralKey } = decode(body2, two);
  const { share } = decode(body3, three);
  const made = keys.flatMap((key) => (key.asymmetricKeyType === 'rsa'
    ? decrypted(key, share)
    : [ephemeralKey, share].filter(({ length }) => length === 32).flatMap((point) => shared(key, point))));
  const open = [decode(body1, one).nonce, r2, Buffer.alloc(32), share, ephemeralKey];
  return [...open, ...made].flatMap((bytes) => [bytes.subarray(0, 32), bytes.subarray(-32)]);
}

function decrypted(key: KeyObject, share: Buffer): Buffer[] {
  const { RSA_PKCS1_OAEP_PADDING: OAEP, RSA_PKCS1_PADDING: PKCS1, RSA_NO_PADDING: NONE } = constants;
  const ways = [
    { padding: OAEP, oaepHash: 'sha256' }, { padding: OAEP, oaepHash: 'sha1' }, { padding: PKCS1 }, { padding: NONE },
  ];
  return ways.flatMap((how) => {
    try {
      return [privateDecrypt({ key, ...how }, share)];
    } catch {
      return [];
    }
  });
}

const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex');

function shared(key: KeyObject, point: Buffer): Buffer[] {
  const privateKey = key.asymmetricKeyType === 'x25519' ? key : asX25519(key);
  const publicKey = createPublicKey({ key: Buffer.concat([X25519_SPKI, point]), format: 'der', type: 'spki' });
  return [diffieHellman({ privateKey, publicKey })];
}

/** RFC 8032, 5.1.5: the scalar of an Ed25519 key is half of the hash of its secret. */
function asX25519(key: KeyObject): KeyObject {
  const secret = Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url');
  const scalar = createHash('sha512').update(secret).digest().subarray(0, 32);
  return createPrivateKey({ key: Buffer.concat([X25519_PKCS8, scalar]), format: 'der', type: 'pkcs8' });
}

function exchangeWith({ t0, body1: one, body2: two, body3: three }: Bodies, k: Buffer): KnownExchange {
  return new KnownExchange(sha256(sha256(t0, one), two), three, k);
}

export interface OpenedConnection {
  readonly fromClient: readonly { command: ClientCommand; payload: Buffer }[];
  readonly fromServer: readonly { command: ServerCommand; payload: Buffer }[];
}

/** All messages of a connection, if one of the candidates for K is right. */
export function openConnection(capture: Capture, bodies: Bodies, ks: readonly Buffer[]): OpenedConnection | undefined {
  const { username } = decode(body1, bodies.body1);
  for (const k of ks) {
    const keys = exchangeWith(bodies, k);
    const fromServer = messages(username, keys.responderToInitiator, capture.received.subarray(CELL), serverCommands);
    const fromClient = messages(username, keys.initiatorToResponder, capture.sent.subarray(2 * CELL), clientCommands);
    if (fromServer && fromClient) return { fromServer, fromClient };
  }
  return undefined;
}

function messages<T extends CommandTable>(username: string, key: Buffer, records: Buffer, table: T) {
  const inbox = new Inbox<keyof T & string>(username, new Secret(Buffer.from(key)), table);
  const all: { command: keyof T & string; payload: Buffer }[] = [];
  try {
    inbox.push(records);
    for (let some = inbox.next(); some; some = inbox.next()) all.push(...some);
  } catch (fault) {
    if (fault instanceof MessageAppError) return undefined;
    throw fault;
  }
  return all;
}

/** The payloads of `frwd` of each side, as the relay has them, without the conversation. */
export interface Forwarded {
  readonly caller: readonly Buffer[];
  readonly receiver: readonly Buffer[];
}

export const exchangeIn = ({ caller, receiver }: Forwarded, t0: Buffer): Bodies =>
  ({ t0, body1: only(caller, kinds.P1), body2: only(receiver, kinds.P2), body3: only(caller, kinds.P3) });

const only = (bodies: readonly Buffer[], kind: number): Buffer => bodies.find((body) => body[0] === kind)!.subarray(1);

/** What was said in a conversation, if one of the candidates for K is right. */
export function openConversation(forwarded: Forwarded, bodies: Bodies, ks: readonly Buffer[]): string[] | undefined {
  for (const k of ks) {
    const { initiatorToResponder, responderToInitiator } = exchangeWith(bodies, k);
    const said = [...texts(forwarded.caller, initiatorToResponder), ...texts(forwarded.receiver, responderToInitiator)];
    if (said.length > 0) return said;
  }
  return undefined;
}

function texts(bodies: readonly Buffer[], chain0: Buffer): string[] {
  const chain = new ReceivingChain(new Secret(Buffer.from(chain0)));
  return bodies.filter((body) => body[0] === kinds.record).flatMap((body) => {
    const opened = chain.open(body.subarray(1));
    return opened?.type === contentTypes.text ? [opened.content.toString()] : [];
  });
}
