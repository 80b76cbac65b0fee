import type { SecureContext } from 'node:tls';
import type { Line, Pair } from '../line.js';
import { MessageLine } from '../message-line.js';
import { Messages } from '../messages.js';
import { EVERYONE, FRAME, memberNumber } from '../tls-frames.js';
import type { BrokerClient } from './broker-client.js';
import type { Broker } from './kinds.js';
import { MqttClient } from './mqtt-client.js';
import { NatsClient } from './nats-client.js';

/** How to reach a broker. */
export interface BrokerPlace {
  readonly broker: Broker;
  readonly port: number;
  readonly clients: readonly SecureContext[];
}

const logsIn: Readonly<Record<Broker, (port: number, secureContext: SecureContext) => Promise<BrokerClient>>> =
  { nats: NatsClient.logIn, mosquitto: MqttClient.logIn };

const ROOM = 'room';
const subjectOf = (member: number): string => `member${member}`;

/** Up to the broker's answer to CONNECT. @param index of the credentials */
export const brokerLogIn = ({ broker, port, clients }: BrokerPlace, index: number): Promise<BrokerClient> =>
  logsIn[broker](port, clients[index % clients.length]!);

/** The same, who can then be written to. */
export async function brokerMember(place: BrokerPlace, index: number): Promise<BrokerClient> {
  const client = await brokerLogIn(place, index);
  await client.subscribe(subjectOf(index));
  return client;
}

/** Payloads of as many bytes as a frame over TLS, whose head names the receiver as there; the subject does so here. */
class BrokerLine extends MessageLine {
  constructor(private readonly client: BrokerClient, own: Buffer, other: Buffer, subject: string) {
    const { head, tail } = client.envelope(subject, FRAME);
    const length = head.length + FRAME + tail.length;
    super(new Messages(Buffer.concat([head, other]), length, tail), new Messages(own, FRAME));
    client.heard = (payload) => this.take(payload);
  }

  send(): void {
    this.client.send(this.outgoing.next());
  }

  leave(): Promise<void> {
    return this.client.leave();
  }
}

/** Logs two in, each of whom hears what is said under its own subject. @param index of the pair */
export async function brokerPair(place: BrokerPlace, index: number): Promise<Pair> {
  const [first, second] = [2 * index, 2 * index + 1];
  const [one, other] = [await brokerMember(place, first), await brokerMember(place, second)];
  return [
    new BrokerLine(one, memberNumber(first), memberNumber(second), subjectOf(second)),
    new BrokerLine(other, memberNumber(second), memberNumber(first), subjectOf(first)),
  ];
}

/** Logs so many in, all of whom but the first hear what is said in the room: MQTT 3.1.1 would let it hear itself. */
export async function brokerRoom(place: BrokerPlace, size: number): Promise<Line[]> {
  const lines: Line[] = [];
  for (let index = 0; index < size; index++) {
    const member = await brokerMember(place, index);
    if (index > 0) await member.subscribe(ROOM);
    lines.push(new BrokerLine(member, EVERYONE, EVERYONE, ROOM));
  }
  return lines;
}
