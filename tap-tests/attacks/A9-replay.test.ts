import { test } from 'tap';
import { fieldOf, withstands } from '../support/attack-field.js';
import { ClientStage } from '../support/client-stage.js';
import { TestServer } from '../support/test-server.js';
import { replayedLogin } from './live/A9-replay.js';

test('A9: a login replayed to the server', async (t) => {
  await withstands(t, replayedLogin, fieldOf(t, await TestServer.start(t)));
});

test("A9: a server's side of a login replayed to the client", async (t) => {
  let recorded: Buffer | undefined;
  const relay = { faults: { cell: (_which: number, cell: Buffer) => (recorded ??= cell) } };
  const before = await ClientStage.open(t, relay);
  await before.told('ready');
  t.match(before.events.at(-1), { event: 'ready' }, 'as it was recorded');
  const stage = await ClientStage.open(t, relay);
  await stage.told('closed');
  t.match(stage.events, [{ event: 'closed', status: 4, text: /signature/ }], 'M2 once more');
});
