import { relayLimits, ROOM_GATHER_MS } from '../common/wire/limits.js';
import type { Report } from './bench.js';
import { ACTIVE_PAIRS } from './scale-steps.js';
import type { Tally } from './traffic.js';
import { shownAs } from './who.js';

/** Paragraphs, each a few lines. */
export function notes({ messages, brokers, options: { keys } }: Report): string[][] {
  const [relay, plain, gathering, texts] =
    [messages.relay, messages.plain, messages.gathering, messages.texts].map(arrived);
  const overBrokers = brokers.map(({ broker }) => `${arrived(messages[broker])} over ${shownAs[broker]}`);
  return [
    [
      'TLS, plain: the relay writes each whole frame to its receiver as it comes, and so do its clients: what one',
      'would write over node:tls. TLS, gathering: it takes runs of frames to one receiver together, and all writes of',
      'a turn of the event loop, as this relay does. Traffic over TLS is with RSA-2048 certificates, which makes no',
      'difference to it; logins are the same for both, and stand under plain.',
    ],
    [
      'Logins: from connecting to the first word of the server; the rate of 8 at once, the time of one alone.',
      'Both sides check chains of certificates; here all are Ed25519. TLS: full handshakes only. Where a pool is cold,',
      'so is the server; all others have had thousands of logins before those that are measured.',
      'Suite rsa: a server that has just started has no key yet; the first to log in waits for one, which then',
      `serves many (cold pool). A warm pool has ${keys} keys, made before, and each serves one login. A client`,
      'that offers both suites, as it does unless told otherwise, gets x25519 where the pool is empty.',
    ],
    [
      'Login storm: all connect at once; whoever is refused tries again after the pauses of the real client, until all',
      `are in. The relay keeps ${relayLimits.poolKeys} keys, as by default, and has none yet.`,
    ],
    [
      'Messages: raw clients seal and open real records of the outer layer; inside is a ready-made end-to-end',
      'body that fills one cell of 4096 bytes. TLS: 4096 bytes with the receiver in the first 8. For the rate:',
      'one direction, 256 under way. Here a busy sender packs up to 16 messages into a record, gathering TLS up to 4.',
      'node:crypto by itself: the same records opened and sealed again on the core of the load, and nothing else done.',
    ],
    [
      'Rooms: one speaks, 64 messages under way, raw clients and records as above; each member gets them, the speaker',
      'too; over TLS all others. Keys: all members are engines in one process on one core, and so take turns;',
      `TLS has nothing of the kind. ${ROOM_GATHER_MS} ms are a wait: all who join meanwhile get their keys at once.`,
    ],
    [
      'Memory: what the server has more with all of them than without, over their number; measured in one round.',
      'Garbage collected: and two seconds later, when V8 has given back what was emptied.',
      `Sessions: one round, three times the seconds; ${ACTIVE_PAIRS} pairs at most talk at the same time, each with a`,
      'message or its answer under way.',
    ],
    ...(brokers.length > 0 ? [ABOUT_BROKERS] : []),
    [
      `Nothing was lost: ${relay} messages here, ${plain} over plain and ${gathering} over gathering TLS,`,
      `${[`${texts} texts`, ...overBrokers].join(', ')}.`,
    ],
  ];
}

const arrived = ({ sent, received }: Tally) => `${received} of ${sent}`;

/** Whether it is the same that is measured. */
const ABOUT_BROKERS = [
  'Brokers: programs that many use to hand messages on, over mutual TLS 1.3 with the same cipher and RSA-2048',
  'certificates as the TLS relays. They have no end-to-end form: they see all that passes, and here whoever has a',
  'certificate may hear and say everything. NATS core, and MQTT 3.1.1 with QoS 0: nothing is acknowledged or kept.',
  'A member subscribes to a subject of its own, in a room to that of the room too, the speaker not; messages have',
  '4096 bytes besides the subject. The load gathers its writes, as for gathering TLS. mosquitto has one thread;',
  'nats-server has many goroutines, here all on the one core. A login ends with the answer to CONNECT, an idle',
  'session is subscribed. What of their memory is garbage cannot be asked.',
];
