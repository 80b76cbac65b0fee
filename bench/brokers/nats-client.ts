import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { FRAME } from '../tls-frames.js';
import { BrokerClient, type Envelope, HOST } from './broker-client.js';
import { checkInfo, CONNECT, type FromNats, PAYLOAD_END, PING, PONG, pubHead, readNats, subLine } from './nats.js';

/** A client of a NATS server. */
export class NatsClient extends BrokerClient<FromNats> {
  protected readonly goodbye = null;
  #subscriptions = 0;

  private constructor(stream: Duplex) {
    super(stream, readNats);
  }

  /** INFO comes in clear, then there is a full handshake. Resolves when CONNECT was taken: PONG has come. */
  static async logIn(port: number, secureContext: SecureContext): Promise<NatsClient> {
    const socket = connectTcp({ host: HOST, port, noDelay: true });
    await greeted(socket);
    return NatsClient.over(connectTls({ socket, host: HOST, secureContext }));
  }

  static async over(stream: Duplex): Promise<NatsClient> {
    const client = new NatsClient(stream);
    await client.ask(Buffer.concat([CONNECT, PING]));
    return client;
  }

  subscribe(subject: string): Promise<void> {
    return this.ask(Buffer.concat([subLine(subject, ++this.#subscriptions), PING]));
  }

  envelope(subject: string, length: number): Envelope {
    return { head: pubHead(subject, length), tail: PAYLOAD_END };
  }

  protected handle(packet: FromNats): void {
    switch (packet.packet) {
      case 'msg': return this.heard(packet.payload);
      case 'ping': return this.send(PONG);
      case 'pong': return this.answer('PONG');
      case 'info': throw new Error('NATS: INFO came a second time.');
    }
  }
}

/** Resolves when INFO has come, and nothing else: what is next is TLS. */
export function greeted(stream: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const fail = (error: Error) => {
      stream.destroy();
      reject(error);
    };
    const early = () => fail(new Error('NATS: the server closed a connection before INFO had come.'));
    const take = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      try {
        if (!isGreeting(bytes)) return;
      } catch (error) {
        return fail(error as Error);
      }
      stream.off('data', take).off('error', fail).off('close', early).pause();
      resolve();
    };
    stream.on('data', take).on('error', fail).on('close', early);
  });
}

/** False where it is not whole yet. Throws where it is another thing. */
function isGreeting(bytes: Buffer): boolean {
  const read = readNats(bytes, 0);
  if (!read) return false;
  const { packet, end } = read;
  if (packet.packet !== 'info') throw new Error(`NATS: ${packet.packet} came where INFO was due.`);
  if (end < bytes.length) throw new Error('NATS: more than INFO came before TLS.');
  checkInfo(packet.text, FRAME);
  return true;
}
