import type { Duplex } from 'node:stream';
import { connect, type SecureContext } from 'node:tls';
import { BrokerClient, type Envelope, HOST } from './broker-client.js';
import { connectPacket, DISCONNECT, type FromMqtt, publishHead, readMqtt, subscribePacket } from './mqtt.js';

const NOTHING = Buffer.alloc(0);

/** All have other names: a broker ends the session of one who comes with the same. */
let clients = 0;

/** A client of an MQTT broker. */
export class MqttClient extends BrokerClient<FromMqtt> {
  protected readonly goodbye = DISCONNECT;
  #subscriptions = 0;
  #due: 'connack' | 'suback' = 'connack';

  private constructor(stream: Duplex) {
    super(stream, readMqtt);
  }

  /** With a full handshake. Resolves when CONNACK has come. */
  static logIn(port: number, secureContext: SecureContext): Promise<MqttClient> {
    return MqttClient.over(connect({ host: HOST, port, secureContext }).setNoDelay(true));
  }

  static async over(stream: Duplex): Promise<MqttClient> {
    const client = new MqttClient(stream);
    await client.ask(connectPacket(`bench-${++clients}`));
    client.#due = 'suback';
    return client;
  }

  subscribe(topic: string): Promise<void> {
    return this.ask(subscribePacket(++this.#subscriptions, topic));
  }

  envelope(topic: string, length: number): Envelope {
    return { head: publishHead(topic, length), tail: NOTHING };
  }

  protected handle(packet: FromMqtt): void {
    if (packet.packet === 'publish') return this.heard(packet.payload);
    if (packet.packet !== this.#due) throw new Error(`${packet.packet} came where ${this.#due} was due.`);
    if (packet.packet === 'suback' && packet.id !== this.#subscriptions) {
      throw new Error(`MQTT: subscription ${packet.id} is answered instead of ${this.#subscriptions}.`);
    }
    this.answer(packet.packet);
  }
}
