import { test } from 'tap';
import { relayLimits, type RelayLimits } from '../../../common/wire/limits.js';
import { Admission, type Ticket } from '../../../server/relay/admission.js';
import { ManualClock } from '../../support/manual-clock.js';

const ALICE = '192.0.2.1';

function admission(limits: Partial<RelayLimits> = {}) {
  const clock = new ManualClock();
  const admitting = new Admission({ ...relayLimits, ...limits }, clock);
  const dropped: string[] = [];
  const connect = (address: string, name = address) => admitting.admit(address, () => dropped.push(name));
  return { clock, admitting, dropped, connect };
}

const isTicket = (result: unknown): result is Ticket => typeof result === 'object';

test('64 connections an address', async (t) => {
  const { connect, clock } = admission({ connectBurst: 1_000, handshakesPerAddress: 1_000 });
  const tickets = Array.from({ length: 64 }, () => connect(ALICE)).filter(isTicket);
  t.equal(tickets.length, 64);
  t.equal(connect(`::ffff:${ALICE}`), 'too-many-connections', 'the same address, mapped');
  t.ok(isTicket(connect('192.0.2.2')));
  tickets[0]!.closed();
  tickets[0]!.closed();
  clock.advance(1_000);
  t.ok(isTicket(connect(ALICE)));
  t.equal(connect(ALICE), 'too-many-connections', 'one that closes twice gave one place back');
});

test('5 new ones a second, 64 at once', async (t) => {
  const { connect, clock } = admission({ connectionsPerAddress: 1_000, handshakesPerAddress: 1_000 });
  for (let index = 0; index < 64; index++) t.ok(isTicket(connect(ALICE)));
  t.equal(connect(ALICE), 'connects-too-often');
  clock.advance(199);
  t.equal(connect(ALICE), 'connects-too-often');
  clock.advance(1);
  t.ok(isTicket(connect(ALICE)));
  t.equal(connect(ALICE), 'connects-too-often');
  clock.advance(3_600_000);
  t.equal(Array.from({ length: 100 }, () => connect(ALICE)).filter(isTicket).length, 64, 'the bucket has a top');
});

test('16 unfinished handshakes an address: the oldest of its own makes room', async (t) => {
  const { connect, dropped, admitting } = admission();
  connect('10.0.0.9');
  const tickets = Array.from({ length: 16 }, () => connect(ALICE)).filter(isTicket);
  t.same(dropped, []);
  t.ok(isTicket(connect(ALICE)));
  t.same(dropped, [ALICE], 'not the one of another address, which is older');
  t.equal(admitting.unfinished, 17);
  tickets[3]!.finished();
  t.ok(isTicket(connect(ALICE)));
  t.equal(dropped.length, 1);
});

test('the oldest unfinished one is dropped, never one that is logged in', async (t) => {
  const { connect, dropped, admitting } = admission({ handshakes: 3 });
  const [first] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) => connect(address)) as [Ticket];
  first.finished();
  connect('10.0.0.4');
  t.same(dropped, []);
  connect('10.0.0.5');
  connect('10.0.0.6');
  t.same(dropped, ['10.0.0.2', '10.0.0.3']);
  t.equal(admitting.unfinished, 3);
});

test('a million addresses that come and go are forgotten (E4)', async (t) => {
  const { connect, clock, admitting } = admission();
  let most = 0;
  for (let index = 0; index < 1_000_000; index++) {
    const ticket = connect(`10.${index >> 16 & 255}.${index >> 8 & 255}.${index & 255}`);
    if (isTicket(ticket)) ticket.closed();
    if (index % 100 === 0) clock.advance(1);
    most = Math.max(most, admitting.size);
  }
  t.ok(most < 45_000, `${most} remembered, 20000 come in the 200 ms in which one token comes back`);
  t.equal(admitting.unfinished, 0);
});
