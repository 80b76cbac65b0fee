import { delimiter, join } from 'node:path';
import { chmodSync } from 'node:fs';
import { test } from 'tap';
import { brokers } from '../../../bench/brokers/kinds.js';
import { chooseBrokers, findProgram } from '../../../bench/brokers/programs.js';

test('a program is looked for on PATH, and then where servers lie', async (t) => {
  const root = t.testdir({ one: { other: '' }, two: { broker: '' }, three: { broker: '' }, four: { broker: {} } });
  const [one, two, three, four] = ['one', 'two', 'three', 'four'].map((name) => join(root, name)) as
    [string, string, string, string];
  for (const folder of [two, three]) chmodSync(join(folder, 'broker'), 0o755);
  chmodSync(join(one, 'other'), 0o644);
  const find = (name: string, path: readonly string[], places: readonly string[] = []) =>
    findProgram(name, path.join(delimiter), places);
  t.equal(find('broker', [one, two, three]), join(two, 'broker'), 'the first one counts');
  t.equal(find('broker', [one], [three]), join(three, 'broker'));
  t.equal(find('broker', ['', two]), join(two, 'broker'));
  t.equal(find('broker', [one, join(root, 'nowhere')], [join(root, 'none')]), undefined, 'nowhere');
  t.equal(find('broker', [four]), undefined, 'a folder is no program');
  t.equal(find('other', [one]), undefined, 'neither is what cannot be run');
  const here = process.cwd();
  t.teardown(() => process.chdir(here));
  process.chdir(two);
  t.equal(find('broker', ['']), undefined, 'here is not on PATH');
});

test('those that are installed are taken; one that is named has to be', async (t) => {
  const found = chooseBrokers(undefined, (name) => (name === 'mosquitto' ? process.execPath : undefined));
  t.strictSame(found.programs.map(({ broker, path }) => [broker, path]), [['mosquitto', process.execPath]]);
  t.strictSame(found.missing, ['nats']);
  t.equal(found.programs[0]!.version, '(of an unknown version)', 'what says no version is no fault');
  t.strictSame(chooseBrokers([], (name) => name), { programs: [], missing: [] });
  t.strictSame(chooseBrokers(undefined, () => undefined), { programs: [], missing: [...brokers] });
  t.throws(() => chooseBrokers(['nats', 'mosquitto'], () => undefined), {
    code: 'bad-argument',
    message: '--brokers: nats-server is not installed (it is neither on PATH nor in /usr/sbin or /usr/local/sbin). '
      + 'Install it, or leave it out.',
  });
});
