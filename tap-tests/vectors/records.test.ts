import { test } from 'tap';
import { RecordOpener, RecordSealer } from '../../common/crypto/record-key.js';
import { Secret } from '../../common/crypto/secret.js';
import { clientCommands } from '../../common/wire/commands.js';
import { packMessages, type RawMessage, unpackMessages } from '../../common/wire/record.js';
import { hex, vector } from '../support/vector.js';

interface RecordVector { counter: number | string; command: string; payload: string; record: string }
interface RecordsVector {
  username: string; key: string; records: RecordVector[];
  packed: { counter: number | string; messages: { command: string; payload: string }[]; record: string };
}

const v = vector<RecordsVector>('records');
const raw = ({ command, payload }: { command: string; payload: string }): RawMessage => ({ command, payload: hex(payload) });
const cases = [
  ...v.records.map((record) => ({ name: `${record.command} at ${record.counter}`, counter: record.counter, messages: [raw(record)], record: record.record })),
  { name: 'packed', counter: v.packed.counter, messages: v.packed.messages.map(raw), record: v.packed.record },
];

/** The last record under key 0. */
const LAST = 2n ** 20n - 1n;

for (const { name, counter, messages, record } of cases) {
  test(`record ${name}`, async (t) => {
    const start = BigInt(counter) > LAST ? LAST : BigInt(counter);
    const sealer = new RecordSealer(v.username, new Secret(hex(v.key)), start);
    const opener = new RecordOpener(v.username, new Secret(hex(v.key)), start);
    for (let skipped = start; skipped < BigInt(counter); skipped++) {
      t.ok(opener.open(Buffer.concat(sealer.seal(packMessages([{ command: 'ping', payload: Buffer.alloc(0) }])))));
    }
    t.same(Buffer.concat(sealer.seal(packMessages(messages))), hex(record));
    const plaintext = opener.open(hex(record));
    t.ok(plaintext);
    t.same(unpackMessages(plaintext!, clientCommands), messages);
  });
}
