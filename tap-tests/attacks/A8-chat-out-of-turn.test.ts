import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { counterBytes } from '../support/attacker/bytes.js';
import { CELL } from '../support/attacker/cells.js';
import { Chain, kind, NO_TEXT, SECURE, type } from '../support/attacker/conversation.js';
import { Initiator, loginT0, Responder } from '../support/attacker/exchange.js';
import { newPerson } from '../support/attacker/primitives.js';
import type { Message } from '../support/attacker/records.js';
import { erro, exchReason } from '../support/attacker/session.js';
import { ClientStage } from '../support/client-stage.js';
import { PuppetBob, type Role, states } from '../support/puppet-bob.js';

const ENDED = 'warning out-of-turn, left tampered by me, > exch';
const MALFORMED = 'warning malformed, left tampered by me, > exch';

/** A body of each kind that is right somewhere, or looks so. */
const person = newPerson();
const initiator = new Initiator('', { t0: loginT0, person }, [2]);
const { body2 } = new Responder(initiator.body1, { t0: loginT0, person });
const bodies = new Map<number, Buffer>([
  [kind.P1, initiator.body1], [kind.P2, body2], [kind.P3, initiator.answer(body2).body3],
  [kind.record, new Chain(randomBytes(32)).seal(type.text, SECURE)],
]);
const KINDS = [0, kind.P1, kind.P2, kind.P3, kind.record, 5, 255];
const due = {
  'expect P1': kind.P1, 'expect P2': kind.P2, 'expect P3': kind.P3, 'expect first': kind.record, 'open': kind.record,
};

const inEachState = (Object.keys(states) as Role[])
  .flatMap((role) => states[role].map((state) => [role, state] as const));

for (const [role, state] of inEachState) {
  test(`A8, the client as ${role}, ${state}: every other kind`, async (t) => {
    for (const each of KINDS.filter((other) => other !== due[state])) {
      const stage = await ClientStage.ready(t);
      const bob = await PuppetBob.bring(stage, role, state);
      const wrong = bob.step(each, bodies.get(each) ?? randomBytes(CELL - 66));
      t.equal(await stage.afterwards(wrong), ENDED, `kind ${each}`);
      const more = [bob.step(each, initiator.body1), bob.step(due[state], body2)];
      t.equal(await stage.afterwards(...more), '', 'and nothing once it has ended');
    }
  });

  test(`A8, the client as ${role}, ${state}: the server ends it`, async (t) => {
    const ends: [end: (bob: PuppetBob) => Message, outcome: string][] = [
      [({ conversation }) => exchReason(conversation, 0), 'left disconnected by relay'],
      [({ conversation }) => exchReason(conversation, 2), 'left too-slow by relay'],
      [({ conversation }) => exchReason(conversation, 3), 'left timed-out by relay'],
      [({ conversation }) => erro(6, Buffer.concat([Buffer.from('frwd'), conversation])), 'left disconnected by relay'],
    ];
    for (const [end, outcome] of ends) {
      const stage = await ClientStage.ready(t);
      const bob = await PuppetBob.bring(stage, role, state);
      t.equal(await stage.afterwards(end(bob)), outcome);
      stage.do({ do: 'chat', with: 'bob' });
      await stage.session.expect('chat');
      const again = await stage.afterwards(bob.pubk('caller'));
      t.equal(again, 'warning unasked, left tampered by me, > exch', 'its bytes are not used again');
    }
  });
}

type Row = readonly [what: string, type: number, content: Buffer | string, outcome: string];

/** In the place of record 0, rightly sealed. */
const first: Record<Role, Row[]> = {
  caller: [
    ['another text', type.text, 'CHAT IS SECURE', ENDED], ['a receipt', type.receipt, NO_TEXT, ENDED],
    ['nothing', type.text, '', ENDED], ['the text as another type', 5, SECURE, ENDED],
  ],
  receiver: [
    ['a text', type.text, SECURE, ENDED], ['another receipt', type.receipt, counterBytes(1n), ENDED],
    ['a receipt of 15 bytes', type.receipt, Buffer.alloc(15), ENDED],
  ],
};
const neverFirst: Row[] = [3, 4, 16, 17, 18, 19, 99].map((each) => [`type ${each}`, each, '', ENDED]);

/** In an open conversation; the renewal is not due, and nobody has begun one. */
const open: Row[] = [
  ['a text', type.text, 'hello', 'message hello'],
  ['record 0 again', type.text, SECURE, 'message CHAT IS SECURE!'],
  ['a receipt of what was sent', type.receipt, NO_TEXT, ''],
  ['a receipt of what was not sent', type.receipt, counterBytes(1n), MALFORMED],
  ['a goodbye', type.goodbye, '', 'left left by peer, > exch'],
  ['a goodbye with something in it', type.goodbye, 'x', MALFORMED],
  ['discarded, of what was not sent', type.discarded, counterBytes(1n), MALFORMED],
  ['discarded, of what is no text', type.discarded, NO_TEXT, MALFORMED],
  ['renewal 1, early', type.renewal1, initiator.body1, ENDED],
  ['renewal 2', type.renewal2, body2, ENDED],
  ['renewal 3', type.renewal3, bodies.get(kind.P3)!, ENDED],
  ['renewal 4', type.renewal4, '', ENDED],
  ['a type that there is not', 99, 'x', 'warning unknown-type'],
];

for (const role of Object.keys(states) as Role[]) {
  test(`A8, the client as ${role}: every type`, async (t) => {
    for (const [state, rows] of [['expect first', [...first[role], ...neverFirst]], ['open', open]] as const) {
      for (const [what, typeOf, content, outcome] of rows) {
        const stage = await ClientStage.ready(t);
        const bob = await PuppetBob.bring(stage, role, state);
        t.equal(await stage.afterwards(bob.record(typeOf, content)), outcome, `${state}: ${what}`);
      }
    }
  });
}
