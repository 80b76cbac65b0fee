import { randomBytes } from 'node:crypto';
import { Fields, list16, u8, vec16, vec8 } from './bytes.js';
import type { Faults } from './faults.js';
import { expand, hmac, type Person, publicKeyOf, sha256, signAs, verifies } from './primitives.js';
import { decapsulate, encapsulate, type Ephemeral, newEphemeral, RSA, X25519 } from './suites.js';

/** What both sides have in the end (docs/PROTOCOL.md, part 2 and 5), and how it came about. */
export interface Agreed {
  readonly toResponder: Buffer;
  readonly toInitiator: Buffer;
  /** RS of an exchange between peers. */
  readonly renewal: Buffer;
  readonly K: Buffer;
  readonly PRK: Buffer;
  readonly suite: number;
}

export interface Party {
  readonly t0: Buffer;
  readonly person: Person;
  readonly certificates?: readonly Buffer[];
  readonly faults?: Faults;
}

export const loginT0 = sha256('MessageApp/2 login');

function agree(t2: Buffer, body3: Buffer, K: Buffer, suite: number): Agreed {
  const PRK = hmac(sha256(t2, body3), K);
  return {
    toResponder: expand(PRK, 'MessageApp/2 initiator to responder', 32),
    toInitiator: expand(PRK, 'MessageApp/2 responder to initiator', 32),
    renewal: expand(PRK, 'MessageApp/2 renewal', 32),
    K, PRK, suite,
  };
}

function signedBody(role: 'initiator' | 'responder', before: Buffer, unsigned: Buffer, { person, faults }: Party): Buffer {
  const data = statement(role, sha256(before, unsigned));
  const signature = signAs(person.privateKey, faults?.signed?.(data) ?? data);
  return Buffer.concat([unsigned, vec16(faults?.signature?.(signature) ?? signature)]);
}

export const statement = (role: 'initiator' | 'responder', hash: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`MessageApp/2 ${role}\0`), hash]);

export class Initiator {
  readonly body1: Buffer;
  readonly #t1: Buffer;
  readonly #faults: Faults;

  constructor(username: string, private readonly party: Party, suites: readonly number[] = [RSA, X25519]) {
    this.#faults = party.faults ?? {};
    const field = this.#faults.field ?? {};
    const body = Buffer.concat([
      vec8(field.username ?? username), vec8(field.suites ?? Buffer.from(suites)), field.r1 ?? randomBytes(32),
    ]);
    this.#t1 = sha256(this.#faults.t0 ?? party.t0, body);
    this.body1 = this.#faults.body?.(1, body) ?? body;
  }

  /** R3 in the place of M3 (part 12). */
  register(body2: Buffer, spki: Buffer): { body3: Buffer; agreed: Agreed } {
    const m2 = readM2(body2);
    const { share, K } = encapsulate(m2.suite, m2.ephemeral, this.#faults.initiatorKey);
    const t2 = sha256(this.#t1, body2);
    const body3 = signedBody('initiator', t2, Buffer.concat([vec16(spki), vec16(share)]), this.party);
    return { body3, agreed: agree(t2, body3, K, m2.suite) };
  }

  /** @param serverSpki the key that M2 is signed with; `undefined` where one does not care. */
  answer(body2: Buffer, serverSpki?: Buffer): { body3: Buffer; agreed: Agreed; certificates: Buffer[] } {
    const m2 = readM2(body2);
    if (serverSpki && !this.#faults.believesAll
      && !verifies(publicKeyOf(serverSpki), statement('responder', sha256(this.#t1, m2.unsigned)), m2.signature)) {
      throw new Error('the signature of M2 is wrong');
    }
    const field = this.#faults.field ?? {};
    const { share, K } = encapsulate(m2.suite, field.ephemeral ?? m2.ephemeral, this.#faults.initiatorKey);
    const t2 = sha256(this.#t1, body2);
    const unsigned = Buffer.concat([list16(field.certificates ?? this.party.certificates ?? []), vec16(field.share ?? this.#faults.share?.(m2.ephemeral) ?? share)]);
    const body3 = signedBody('initiator', t2, unsigned, this.party);
    return { body3: this.#faults.body?.(3, body3) ?? body3, agreed: agree(t2, body3, K, m2.suite), certificates: m2.certificates };
  }
}

export class Responder {
  readonly body2: Buffer;
  readonly username: string;
  readonly suites: number[];
  readonly ephemeral: Ephemeral;
  readonly suite: number;
  readonly #t2: Buffer;
  readonly #faults: Faults;

  constructor(body1: Buffer, party: Party, suite?: number, ephemeral?: Ephemeral) {
    const m1 = readM1(body1);
    this.#faults = party.faults ?? {};
    const field = this.#faults.field ?? {};
    this.username = m1.username;
    this.suites = m1.suites;
    this.suite = suite ?? m1.suites.find((each) => each === RSA || each === X25519)!;
    this.ephemeral = ephemeral ?? newEphemeral(this.suite);
    const t1 = sha256(this.#faults.t0 ?? party.t0, body1);
    const unsigned = Buffer.concat([
      list16(field.certificates ?? party.certificates ?? []), u8(field.suite ?? this.suite), field.r2 ?? randomBytes(32),
      vec16(field.ephemeral ?? this.ephemeral.publicBytes),
    ]);
    const body2 = signedBody('responder', t1, unsigned, party);
    this.#t2 = sha256(t1, body2);
    this.body2 = this.#faults.body?.(2, body2) ?? body2;
  }

  finish(body3: Buffer, initiatorSpki?: Buffer): Agreed {
    const m3 = readM3(body3);
    if (initiatorSpki && !this.#faults.believesAll
      && !verifies(publicKeyOf(initiatorSpki), statement('initiator', sha256(this.#t2, m3.unsigned)), m3.signature)) {
      throw new Error('the signature of M3 is wrong');
    }
    return agree(this.#t2, body3, decapsulate(this.suite, this.ephemeral.privateKey, m3.share), this.suite);
  }
}

export function readM1(body: Buffer): { username: string; suites: number[]; r1: Buffer } {
  const fields = new Fields(body);
  return { username: fields.vec8().toString(), suites: [...fields.vec8()], r1: fields.take(32) };
}

export function readM2(body: Buffer) {
  const fields = new Fields(body);
  const read = { certificates: fields.list16(), suite: fields.u8(), r2: fields.take(32), ephemeral: fields.vec16() };
  return { ...read, unsigned: body.subarray(0, fields.at), signature: fields.vec16() };
}

export function readM3(body: Buffer) {
  const fields = new Fields(body);
  const read = { certificates: fields.list16(), share: fields.vec16() };
  return { ...read, unsigned: body.subarray(0, fields.at), signature: fields.vec16() };
}
