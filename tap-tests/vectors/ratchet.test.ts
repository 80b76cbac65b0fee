import { test } from 'tap';
import { ReceivingChain, SendingChain } from '../../common/crypto/ratchet.js';
import { Secret } from '../../common/crypto/secret.js';
import { contentTypes, kinds, type ContentType } from '../../common/wire/end-to-end.js';
import { hex, vector } from '../support/vector.js';

interface RatchetVector {
  conversation: string; chain0: string;
  records: { counter: number | string; type: number; time: number; content: string; frwdPayload: string }[];
}

const v = vector<RatchetVector>('ratchet');
const HEAD = 9;

test('records of one chain', async (t) => {
  const sending = new SendingChain(new Secret(hex(v.chain0)));
  const receiving = new ReceivingChain(new Secret(hex(v.chain0)));
  for (const record of v.records) {
    const payload = hex(record.frwdPayload);
    t.same(payload.subarray(0, HEAD), Buffer.concat([hex(v.conversation), Buffer.from([kinds.record])]));
    t.equal(sending.counter, BigInt(record.counter));
    const type = Object.entries(contentTypes).find(([, number]) => number === record.type)![0] as ContentType;
    t.same(sending.seal(type, hex(record.content), record.time), payload.subarray(HEAD));
    t.same(receiving.open(payload.subarray(HEAD)), {
      type: record.type, content: hex(record.content), counter: BigInt(record.counter), sealedAt: record.time,
    });
  }
});
