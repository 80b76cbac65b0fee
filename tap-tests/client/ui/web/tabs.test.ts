import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { test } from 'tap';
import { emptyModel } from '../../../../client/ui/web/model/model.js';
import { Tabs } from '../../../../client/ui/web/tabs.js';
import { ManualClock } from '../../../support/manual-clock.js';

const MIB = 1024 * 1024;

/** A tab that reads nothing: all that it is told waits. */
const unread = (): ServerResponse => new Writable({ write: () => undefined }) as unknown as ServerResponse;

/** One that reads all of it at once. */
function read(): { tab: ServerResponse; said(): string } {
  let said = '';
  const tab = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      said += chunk.toString();
      done();
    },
  });
  return { tab: tab as unknown as ServerResponse, said: () => said };
}

const notice = (length: number) =>
  ({ event: { event: 'warning', code: 'limit', text: 'x'.repeat(length) }, time: 1 } as const);

test('a tab that does not read is cut, and the others go on', async (t) => {
  const tabs = new Tabs(new ManualClock());
  const [dead, { tab: living, said }] = [unread(), read()];
  tabs.add(dead, 'one', emptyModel('alice'));
  tabs.add(living, 'two', emptyModel('alice'));
  for (let told = 0; told < 40 && !dead.destroyed; told++) {
    t.ok(dead.writableLength <= 34 * MIB);
    tabs.tell(notice(MIB));
  }
  t.ok(dead.destroyed);
  await new Promise(setImmediate);
  t.equal(tabs.count, 1);
  tabs.tell(notice(1));
  t.match(said(), /"text":"x"/);
  tabs.close();
});

test('a model of control characters is six times as long, and gets through', async (t) => {
  const tabs = new Tabs(new ManualClock());
  const tab = unread();
  const model = { ...emptyModel('alice'), notices: [{ time: 1, tone: 'bad', text: '\0'.repeat(6 * MIB) } as const] };
  tabs.add(tab, 'one', model);
  t.ok(tab.writableLength > 36 * MIB);
  tabs.tell(notice(1));
  t.notOk(tab.destroyed, 'what comes while it is read does not cut it');
  tabs.close();
});

test('what is told meanwhile does not stop the beat, and the beat ends with the last tab', async (t) => {
  const clock = new ManualClock();
  const tabs = new Tabs(clock);
  const { tab, said } = read();
  tabs.add(tab, 'one', emptyModel('alice'));
  for (let beat = 1; beat <= 3; beat++) {
    clock.advance(15_000);
    t.equal(said().split(': still here\n\n').length - 1, beat);
  }
  tab.destroy();
  await new Promise(setImmediate);
  t.equal(tabs.count, 0);
  clock.advance(15_000);
  const next = read();
  tabs.add(next.tab, 'one', emptyModel('alice'));
  clock.advance(15_000);
  t.match(next.said(), ': still here');
  tabs.close();
});
