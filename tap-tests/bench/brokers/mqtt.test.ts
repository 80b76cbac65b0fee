import { duplexPair } from 'node:stream';
import { test } from 'tap';
import {
  connectPacket, DISCONNECT, type FromMqtt, publishHead, readMqtt, subscribePacket,
} from '../../../bench/brokers/mqtt.js';
import { MqttClient } from '../../../bench/brokers/mqtt-client.js';
import { Packets } from '../../../bench/brokers/packets.js';
import { cutEverywhere, heardBy, settled } from './stream.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const CONNACK = hex('20 02 00 00');
const suback = (id: number) => hex(`90 03 ${id.toString(16).padStart(4, '0')} 00`);
const publish = (topic: string, payload: Buffer) => Buffer.concat([publishHead(topic, payload.length), payload]);

test('what is sent is as MQTT 3.1.1 has it', async (t) => {
  t.equal(connectPacket('a').toString('hex'), '100d' + '00044d515454' + '04' + '02' + '0000' + '000161');
  t.equal(subscribePacket(258, 'tu').toString('hex'), '8207' + '0102' + '00027475' + '00');
  t.equal(publishHead('t', 4096).toString('hex'), '308320' + '000174', 'the length has two digits');
  t.equal(publishHead('t', 124).toString('hex'), '307f' + '000174', 'the longest with one');
  t.equal(publishHead('t', 125).toString('hex'), '308001' + '000174', 'the shortest with two');
  t.equal(publishHead('t', 16_381).toString('hex'), '30808001' + '000174', 'and with three');
  t.equal(DISCONNECT.toString('hex'), 'e000');
});

test('packets are the same wherever the stream is cut', async (t) => {
  const payloads = [0, 1, 124, 125, 4096].map((length) => Buffer.alloc(length, length));
  const expected: FromMqtt[] = [
    { packet: 'connack' }, { packet: 'suback', id: 258 },
    ...payloads.map((payload): FromMqtt => ({ packet: 'publish', payload })),
  ];
  const stream = Buffer.concat([CONNACK, suback(258), ...payloads.map((payload) => publish('room', payload))]);
  cutEverywhere(t, stream, () => new Packets(readMqtt), expected);
});

test('what no broker sends here is refused', async (t) => {
  for (const [bytes, sentence] of [
    ['20 02 00 05', /CONNACK is 0005/], ['20 02 01 00', /CONNACK is 0100/], ['20 03 00 00 00', /CONNACK/],
    ['20 01 00', /CONNACK/], ['20 00', /CONNACK is empty/],
    ['90 03 00 01 80', /SUBACK is 000180/], ['90 03 00 01 01', /SUBACK/], ['90 04 00 01 00 00', /SUBACK/],
    ['90 02 00 01', /SUBACK/],
    ['32 05 00 01 61 00 01', /0x32/], ['31 03 00 01 61', /0x31/], ['38 03 00 01 61', /0x38/],
    ['d0 00', /0xd0/], ['00 00', /0x0,/], ['10 00', /0x10/],
    ['30 00', /topic/], ['30 01 00', /topic/], ['30 03 00 02 61', /topic/],
    ['30 ff ff ff ff', /more than four bytes/], ['30 80 80 80 80 01', /more than four bytes/],
    ['30 ff ff ff 7f', /268435455 bytes long/], ['30 81 80 04', /65537 bytes long/],
  ] as const) {
    t.throws(() => readMqtt(hex(bytes), 0), { message: sentence }, bytes);
    t.throws(() => [...new Packets(readMqtt).push(Buffer.concat([CONNACK, hex(bytes)]))], { message: sentence });
  }
  t.equal(readMqtt(hex('30 80 80 04'), 0), undefined, '65536 bytes are allowed, and waited for');
});

test('a client logs in, subscribes, hears and says', async (t) => {
  const [own, broker] = duplexPair();
  const said = heardBy(broker);
  let client: MqttClient | undefined;
  const loggedIn = MqttClient.over(own).then((made) => (client = made));
  await settled();
  t.match(said().toString('latin1'), /^\x10[^]\0\x04MQTT\x04\x02\0\0\0[^]bench-\d+$/);
  broker.write(CONNACK.subarray(0, 3));
  await settled();
  t.equal(client, undefined, 'not before all of the answer has come');
  broker.write(CONNACK.subarray(3));
  await loggedIn;

  let subscribed = false;
  const answered = client!.subscribe('room').then(() => (subscribed = true));
  await settled();
  t.strictSame(said(), subscribePacket(1, 'room'));
  t.notOk(subscribed);
  broker.write(suback(1));
  await answered;

  const heard: string[] = [];
  client!.heard = (payload) => heard.push(payload.toString());
  const twice = Buffer.concat([publish('room', Buffer.from('one')), publish('room', Buffer.from('two'))]);
  broker.write(twice.subarray(0, 9));
  broker.write(twice.subarray(9));
  await settled();
  t.strictSame(heard, ['one', 'two']);

  const { head, tail } = client!.envelope('room', 3);
  client!.send(Buffer.concat([head, Buffer.from('abc'), tail]));
  await settled();
  t.strictSame(said(), publish('room', Buffer.from('abc')));
  broker.on('end', () => broker.destroy());
  own.on('end', () => own.destroy());
  broker.end();
  await client!.leave();
  t.strictSame(said(), DISCONNECT);
});

test('a client takes nothing that is not due', async (t) => {
  const [own, broker] = duplexPair();
  const loggedIn = MqttClient.over(own);
  broker.write(CONNACK);
  const client = await loggedIn;
  t.throws(() => client.take(CONNACK), { message: /connack came where suback was due/ });
  t.throws(() => client.take(suback(1)), { message: /subscription 1 is answered instead of 0/ });
  t.throws(() => client.take(publish('room', Buffer.from('a'))), { message: /one who waits for none/ });
  void client.subscribe('room');
  t.throws(() => client.subscribe('other'), { message: /before it had answered/ });
});

test('a broker that answers a subscription nobody asked for', async (t) => {
  const [own, broker] = duplexPair();
  const loggedIn = MqttClient.over(own);
  broker.write(CONNACK);
  const client = await loggedIn;
  const subscribed = client.subscribe('room');
  t.throws(() => client.take(suback(2)), { message: /subscription 2 is answered instead of 1/ });
  client.take(suback(1));
  await subscribed;
  t.throws(() => client.take(suback(1)), { message: /suback came, and nobody had asked/ });
});
