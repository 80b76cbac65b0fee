import { test } from 'tap';
import { fieldOf, withstands } from '../support/attack-field.js';
import { TestServer } from '../support/test-server.js';
import { anothersName } from './live/A4-anothers-name.js';
import { orderOfRecords } from './live/B4-order-of-records.js';
import { callsOutOfTurn } from './live/E10-calls-out-of-turn.js';

/** Attacks from outside whose rows have no other test file. */
for (const attack of [anothersName, orderOfRecords, callsOutOfTurn]) {
  test(`${attack.row}: ${attack.title}`, async (t) => {
    await withstands(t, attack, fieldOf(t, await TestServer.start(t)));
  });
}
