import { Duplex, duplexPair } from 'node:stream';
import { test } from 'tap';
import { checkInfo, CONNECT, type FromNats, pubHead, readNats, subLine } from '../../../bench/brokers/nats.js';
import { greeted, NatsClient } from '../../../bench/brokers/nats-client.js';
import { Packets } from '../../../bench/brokers/packets.js';
import { cutEverywhere, heardBy, settled } from './stream.js';

const line = (text: string) => Buffer.from(`${text}\r\n`, 'latin1');
const msg = (payload: Buffer, subject = 'room') =>
  Buffer.concat([line(`MSG ${subject} 1 ${payload.length}`), payload, line('')]);
const info = (fields: object) => line(`INFO ${JSON.stringify(fields)}`);
const GOOD = { server_id: 'N', tls_required: true, max_payload: 1_048_576 };

test('what is sent is as NATS has it', async (t) => {
  t.equal(subLine('room', 2).toString(), 'SUB room 2\r\n');
  t.equal(pubHead('room', 4096).toString(), 'PUB room 4096\r\n');
  const [, options] = /^CONNECT (\{.*\})\r\n$/.exec(CONNECT.toString())!;
  t.match(JSON.parse(options!), { verbose: false, pedantic: false, echo: false });
});

test('packets are the same wherever the stream is cut', async (t) => {
  const payloads = ['', '\r\n', '\r\nPING\r\nMSG room 1 1\r\n', 'x'.repeat(4096)].map((each) => Buffer.from(each));
  const expected: FromNats[] = [
    { packet: 'info', text: JSON.stringify(GOOD) }, { packet: 'pong' },
    ...payloads.map((payload): FromNats => ({ packet: 'msg', payload })), { packet: 'ping' },
  ];
  const stream = Buffer.concat([info(GOOD), line('PONG'), ...payloads.map((each) => msg(each)), line('PING')]);
  cutEverywhere(t, stream, () => new Packets(readNats), expected);
});

test('what no server says here is refused', async (t) => {
  for (const [text, sentence] of [
    ['-ERR \'Authorization Violation\'\r\n', /"-ERR 'Authorization Violation'"/], ['+OK\r\n', /\+OK/],
    ['PINGS\r\n', /PINGS/], ['\r\n', /nothing that a server says here: ""/], ['\n', /CR LF/], ['PING\n', /CR LF/],
    ['HMSG room 1 12 14\r\n', /HMSG/], ['INFO\r\n', /INFO/],
    ['MSG room 1\r\n', /not a message/], ['MSG room 1 -1\r\n', /not a message/], ['MSG room 1 1x\r\n', /not a message/],
    ['MSG room one 1\r\n', /not a message/], ['MSG room 1 reply 1\r\n', /not a message/],
    ['MSG room 1 65537\r\n', /not a message/], ['MSG room 1 99999999999\r\n', /not a message/],
    ['MSG room 1 2\r\nabc\r\n', /longer or shorter/], ['MSG room 1 3\r\nab\r\n\r\n', /longer or shorter/],
    ['MSG room 1 1\r\na\rb', /longer or shorter/], ['MSG room 1 1\r\na\n\n', /longer or shorter/],
    ['x'.repeat(8_193), /too long/], [`INFO ${'x'.repeat(8_192)}\r\n`, /too long/],
  ] as const) {
    const shown = JSON.stringify(text.slice(0, 40));
    t.throws(() => readNats(Buffer.from(text), 0), { message: sentence }, shown);
    t.throws(() => [...new Packets(readNats).push(Buffer.concat([line('PONG'), Buffer.from(text)]))], shown);
  }
  t.equal(readNats(line('MSG room 1 65536'), 0), undefined, '65536 bytes are allowed, and waited for');
  t.equal(readNats(Buffer.from('x'.repeat(8_192)), 0), undefined, 'so is the end of a line');
});

test('a server that would not take what is sent is refused', async (t) => {
  checkInfo(JSON.stringify({ ...GOOD, max_payload: 4096 }), 4096);
  t.throws(() => checkInfo(JSON.stringify({ ...GOOD, max_payload: 4095 }), 4096), { message: /takes 4095 bytes/ });
  t.throws(() => checkInfo(JSON.stringify({ tls_required: true }), 4096), { message: /takes undefined bytes/ });
  const inClear = JSON.stringify({ ...GOOD, tls_required: false });
  t.throws(() => checkInfo(inClear, 4096), { message: /does not ask for TLS/ });
  t.throws(() => checkInfo('{', 4096));
});

test('before TLS there is INFO, and nothing else', async (t) => {
  const bytes = info(GOOD);
  for (let at = 0; at < bytes.length; at++) {
    const [own, server] = duplexPair();
    const done = greeted(own);
    server.write(bytes.subarray(0, at));
    await settled();
    server.write(bytes.subarray(at));
    await done;
    const listeners = own.listenerCount('data') + own.listenerCount('close');
    if (listeners > 0 || own.destroyed) t.fail(`cut at ${at}`);
  }
  const refused = async (answer: (server: Duplex) => unknown, sentence: RegExp) => {
    const [own, server] = duplexPair();
    const done = greeted(own);
    answer(server);
    await t.rejects(done, { message: sentence });
    t.ok(own.destroyed, 'and nothing is left open');
  };
  await refused((server) => server.write(line('PING')), /ping came where INFO was due/);
  await refused((server) => server.write(Buffer.concat([bytes, Buffer.from('\x16')])), /more than INFO/);
  await refused((server) => server.write(info({ ...GOOD, tls_required: false })), /does not ask for TLS/);
  await refused((server) => server.write(line("-ERR 'maximum connections exceeded'")), /maximum connections/);
  const [own] = duplexPair();
  const done = greeted(own);
  own.destroy();
  await t.rejects(done, { message: /closed a connection before INFO had come/ });
});

test('a client logs in, subscribes, hears and says', async (t) => {
  const [own, server] = duplexPair();
  const said = heardBy(server);
  let client: NatsClient | undefined;
  const loggedIn = NatsClient.over(own).then((made) => (client = made));
  await settled();
  t.equal(said().toString(), `${CONNECT.toString()}PING\r\n`);
  server.write('PON');
  await settled();
  t.equal(client, undefined, 'not before all of the answer has come');
  server.write('G\r\n');
  await loggedIn;

  const subscribed = client!.subscribe('room');
  await settled();
  t.equal(said().toString(), 'SUB room 1\r\nPING\r\n');
  server.write(line('PING'));
  await settled();
  t.equal(said().toString(), 'PONG\r\n', 'the server may ask in between');
  server.write(line('PONG'));
  await subscribed;

  const heard: string[] = [];
  client!.heard = (payload) => heard.push(payload.toString());
  const twice = Buffer.concat([msg(Buffer.from('one')), msg(Buffer.from('two'))]);
  server.write(twice.subarray(0, 17));
  server.write(twice.subarray(17));
  await settled();
  t.strictSame(heard, ['one', 'two']);

  const { head, tail } = client!.envelope('room', 3);
  client!.send(Buffer.concat([head, Buffer.from('abc'), tail]));
  await settled();
  t.equal(said().toString(), 'PUB room 3\r\nabc\r\n');
  server.end();
  own.on('end', () => own.destroy());
  await client!.leave();
  t.equal(said().length, 0, 'there is no goodbye');
});

test('a client takes nothing that is not due', async (t) => {
  const [own, server] = duplexPair();
  const loggedIn = NatsClient.over(own);
  server.write(line('PONG'));
  const client = await loggedIn;
  t.throws(() => client.take(line('PONG')), { message: /PONG came, and nobody had asked/ });
  t.throws(() => client.take(info(GOOD)), { message: /INFO came a second time/ });
  t.throws(() => client.take(msg(Buffer.from('a'))), { message: /one who waits for none/ });
});

test('what is written in one turn leaves at once', async (t) => {
  let writes = 0;
  const own = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => (writes++, done()),
    writev: (_chunks, done) => (writes++, done()),
  });
  const loggedIn = NatsClient.over(own);
  own.push(line('PONG'));
  const client = await loggedIn;
  await settled();
  writes = 0;
  for (let sent = 0; sent < 8; sent++) client.send(line('PUB room 0'));
  t.equal(writes, 0);
  await settled();
  t.equal(writes, 1);
});
