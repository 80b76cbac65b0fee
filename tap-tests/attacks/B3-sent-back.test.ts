import { test } from 'tap';
import { kind, SECURE, type } from '../support/attacker/conversation.js';
import { message } from '../support/attacker/session.js';
import { fieldOf, withstands } from '../support/attack-field.js';
import { ClientStage } from '../support/client-stage.js';
import { PuppetBob, type Role } from '../support/puppet-bob.js';
import { TestServer } from '../support/test-server.js';
import { reflectedRecords } from './live/B3-reflected-records.js';
import { Tape } from './live/tape.js';

test('B3: to the server', async (t) => {
  await withstands(t, reflectedRecords, fieldOf(t, await TestServer.start(t)));
});

test('B3: to the client, where its own record would be the next', async (t) => {
  const stage = await ClientStage.ready(t);
  const tape = new Tape(stage.session.line);
  for (const name of ['bob', 'user3']) {
    stage.do({ do: 'chat', with: name });
    await stage.session.expect('chat');
  }
  t.equal(stage.session.counter, 1n, 'the server has said welc, and record 1 is the next');
  stage.session.line.write(tape.receivedCell(1));
  await stage.told('closed');
  t.match(stage.events, [{ event: 'closed', status: 5 }]);
});

for (const role of ['caller', 'receiver'] as Role[]) {
  test(`B3: between peers, the client as ${role}`, async (t) => {
    const stage = await ClientStage.ready(t);
    const bob = await PuppetBob.bring(stage, role, 'open');
    stage.do({ do: 'say', with: 'bob', text: 'pay bob 100' });
    const { payload } = await stage.session.expect('frwd');
    t.equal(await stage.afterwards(message('frwd', payload)), 'warning tampered, left tampered by me, > exch');
    t.equal(bob.receive.open(payload.subarray(9)).content.toString(), 'pay bob 100', 'it was a good one, for bob');
  });
}

test('B3: the steps of an exchange, sent back to who said them', async (t) => {
  const outOfTurn = 'warning out-of-turn, left tampered by me, > exch';
  const stage = await ClientStage.ready(t);
  const bob = await PuppetBob.bring(stage, 'caller', 'expect P2');
  t.equal(await stage.afterwards(bob.step(kind.P1, bob.said)), outOfTurn, 'P1');
  const other = await ClientStage.ready(t);
  const again = await PuppetBob.bring(other, 'receiver', 'expect first');
  t.equal(await other.afterwards(again.step(kind.record, again.said)), 'warning tampered, left tampered by me, > exch',
    `record 0 with ${SECURE}, where one of type ${type.receipt} is due`);
});
