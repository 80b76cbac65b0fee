import { test } from 'tap';
import { safetyNumber } from '../../common/crypto/safety-number.js';
import { hex, vector } from '../support/vector.js';

interface SafetyNumberVector { nameA: string; fingerprintA: string; nameB: string; fingerprintB: string; number: string }

for (const v of vector<SafetyNumberVector[]>('safety-number')) {
  test(`${v.nameA} and ${v.nameB}`, async (t) => {
    const a = { username: v.nameA, fingerprint: hex(v.fingerprintA) };
    const b = { username: v.nameB, fingerprint: hex(v.fingerprintB) };
    t.equal(safetyNumber(a, b), v.number);
    t.equal(safetyNumber(b, a), v.number);
  });
}
