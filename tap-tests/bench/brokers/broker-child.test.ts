import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { BrokerChild } from '../../../bench/brokers/broker-child.js';
import { brokerMember, brokerPair, type BrokerPlace, brokerRoom } from '../../../bench/brokers/broker-line.js';
import { brokers, kinds } from '../../../bench/brokers/kinds.js';
import { greeted } from '../../../bench/brokers/nats-client.js';
import { chooseBrokers, findProgram } from '../../../bench/brokers/programs.js';
import { leaveAll } from '../../../bench/line.js';
import { makeMaterial } from '../../../bench/material.js';
import { count, countRoom, fanOut, pingPong, stream } from '../../../bench/traffic.js';
import { moduleFile } from '../../support/root.js';

const { programs } = chooseBrokers(undefined);
const material = await makeMaterial([]);
t.teardown(() => material.remove());
const { server: files, clients } = material.tls.rsa;

const refuses = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = connect({ host: '127.0.0.1', port });
  socket.once('connect', () => (socket.destroy(), resolve(false))).once('error', () => resolve(true));
});

for (const broker of brokers) {
  const program = programs.find((each) => each.broker === broker);
  const skip = program === undefined && `there is no ${kinds[broker].program} here`;

  t.test(`${broker}: every message comes, whole and in its turn`, { skip }, async (t) => {
    t.match(program!.version, /^\d+\.\d+/, 'its version is known');
    const server = await BrokerChild.start(program!, files, undefined);
    const place: BrokerPlace = { broker, port: server.port, clients };
    const tally = { sent: 0, received: 0 };

    const pair = await brokerPair(place, 0);
    await stream(pair, 0.1);
    await pingPong([pair], 0.05);
    count([pair], tally);
    const room = await brokerRoom(place, 4);
    await fanOut(room, 0.1);
    countRoom(room, tally);
    t.equal(room[0]!.received, 0, 'who speaks does not hear it');
    t.ok(tally.sent > 100, `${tally.sent} messages`);
    const silent = await brokerMember(place, 9);
    if (process.platform === 'linux') {
      t.ok(await server.cpu() > 1, 'it has had work');
      t.ok((await server.memory()).resident > 1e6, 'and takes room');
    }
    await leaveAll([...pair, ...room, silent]);
    await server.stop();
    t.ok(await refuses(server.port), 'and then it is gone');
  });

  t.test(`${broker}: nobody comes in without a certificate`, { skip }, async (t) => {
    const server = await BrokerChild.start(program!, files, undefined);
    const socket = connect({ host: '127.0.0.1', port: server.port });
    if (broker === 'nats') await greeted(socket);
    const secure = connectTls({ socket, rejectUnauthorized: false });
    secure.on('data', () => t.fail('it said something'));
    const [error] = await once(secure, 'error') as [Error];
    t.match(error.message, /certificate|ECONNRESET/i);
    await server.stop();
  });
}

const dies = process.platform === 'linux' && findProgram('setpriv') !== undefined && programs.length > 0;

const skipDying = !dies && 'nothing here sees to it';

t.test('brokers end with the bench, also where it is killed', { skip: skipDying }, async (t) => {
  const holds = `
    const { BrokerChild } = await import(process.argv[1]);
    const { port } = await BrokerChild.start(...JSON.parse(process.argv[2]));
    console.log(port);
    setInterval(() => undefined, 1000);`;
  for (const program of programs) {
    const module = pathToFileURL(moduleFile('bench/brokers/broker-child')).href;
    const args = ['--input-type=module', '-e', holds, module, JSON.stringify([program, files])];
    const command = [...process.execArgv, ...args];
    const holder: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, command, {
      env: { ...process.env, TMPDIR: t.testdir() }, stdio: ['ignore', 'pipe', 'inherit'],
    });
    const port = Number(String((await once(holder.stdout, 'data'))[0]));
    t.notOk(await refuses(port), `${program.broker} runs`);
    holder.kill('SIGKILL');
    await once(holder, 'close');
    for (const end = performance.now() + 10_000; performance.now() < end && !await refuses(port);) await sleep(5);
    t.ok(await refuses(port), 'and does no more');
  }
});

const none = programs.length === 0 && 'there is no broker here';

t.test('a broker that is stopped leaves no files', { skip: none }, async (t) => {
  const before = process.env['TMPDIR'];
  t.teardown(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  const folder = (process.env['TMPDIR'] = t.testdir());
  for (const program of programs) {
    const server = await BrokerChild.start(program, files, undefined);
    t.equal((await readdir(folder)).length, 1, 'its configuration');
    await server.stop();
    t.strictSame(await readdir(folder), []);
  }
});
