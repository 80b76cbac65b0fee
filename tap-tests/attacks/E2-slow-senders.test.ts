import { test } from 'tap';
import { withstands } from '../support/attack-field.js';
import { login } from '../support/attacker/login.js';
import { erroCode, message } from '../support/attacker/session.js';
import { ServerProcess } from '../support/server-process/server-process.js';
import { slowSendersFor } from './live/E2-slow-senders.js';

const SILENCE = 10;
const limits = { helloMs: 500, proofMs: 900, silenceMs: 400 };

test('E2: who is slow is closed by the deadline, and leaves no descriptor and no timer', async (t) => {
  const server = await ServerProcess.start(t, { limits });
  const before = await server.calm();
  const field = server.field(t);
  t.comment((await withstands(t, slowSendersFor({ M1: limits.helloMs, M3: limits.proofMs }), field)).saw);
  const after = await server.settled(before);
  t.equal(after.log['refused too-slow'], 60);
  t.equal(after.log['unfinished truncated'], 12, 'half of M1');
});

test('E2: who is logged in, and then silent or slow', async (t) => {
  const server = await ServerProcess.start(t, { limits });
  const before = await server.calm();
  const { target, server: key, insiders: [alice, bob] } = server.field(t);
  const enter = async ({ name, person }: typeof alice) => {
    const session = await login(target, name, { person, server: key });
    session.answersPings = false;
    return session;
  };
  const [silent, slow] = [await enter(alice), await enter(bob)];
  const record = slow.seal([message('ping')]);
  let at = 0;
  const timer = setInterval(() => slow.line.write(record.subarray(at, ++at)), 5);
  t.teardown(() => clearInterval(timer));
  for (const session of [silent, slow]) {
    await session.expect('ping');
    const code = erroCode(await session.expect('erro'));
    t.equal(code, SILENCE, `${session.username}: bytes that are no record are silence`);
    await session.gone();
  }
  clearInterval(timer);
  const half = await enter(alice);
  half.line.socket.allowHalfOpen = true;
  half.line.socket.end();
  await half.gone();
  half.line.socket.destroy();
  const after = await server.settled(before);
  t.equal(after.present, 0, 'and who has closed its half is gone at once');
});
