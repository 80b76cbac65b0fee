import { test } from 'tap';
import { atEndOfTurn } from '../../../common/transport/turn.js';

const turn = () => new Promise(setImmediate);

test('all that is due runs in its order, when the turn is over and once', async (t) => {
  const ran: string[] = [];
  atEndOfTurn(() => ran.push('one'));
  atEndOfTurn(() => ran.push('two'));
  await Promise.resolve();
  t.same(ran, []);
  await turn();
  t.same(ran, ['one', 'two']);
  await turn();
  t.same(ran, ['one', 'two']);
});

test('what asks while others run has its own turn', async (t) => {
  const ran: string[] = [];
  atEndOfTurn(() => {
    ran.push('one');
    atEndOfTurn(() => ran.push('three'));
  });
  atEndOfTurn(() => ran.push('two'));
  await turn();
  t.same(ran, ['one', 'two']);
  await turn();
  t.same(ran, ['one', 'two', 'three']);
});

test('one that throws keeps nobody from running', async (t) => {
  const ran: string[] = [];
  const thrown = new Promise<unknown>((resolve) => {
    const heard = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => {
      for (const each of heard) process.on('uncaughtException', each);
      resolve(error);
    });
  });
  atEndOfTurn(() => ran.push('one'));
  atEndOfTurn(() => {
    throw new Error('two');
  });
  atEndOfTurn(() => ran.push('three'));
  t.match(await thrown, { message: 'two' });
  await turn();
  t.same(ran, ['one', 'three']);
});
