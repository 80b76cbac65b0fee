import { readdirSync, readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { type Test, test } from 'tap';
import { statusOf } from '../../common/cli/run.js';
import { CELL, refusalIn } from '../support/attacker/cells.js';
import { change } from '../support/attacker/edits.js';
import { Proxy } from '../support/attacker/proxy.js';
import { passphraseFile } from '../support/authority.js';
import { ROOT } from '../support/root.js';
import { Scene } from '../support/scene.js';
import type { Attack } from './live/attack.js';
import { attacks } from './program/list.js';
import { attack } from './program/program.js';

/** A real server with real keys, and the program as a person starts it. */
class Stage {
  private constructor(readonly scene: Scene, readonly dir: string, private readonly passphrase: string) {}

  static async open(t: Test): Promise<Stage> {
    const dir = t.testdir();
    const scene = await Scene.open(join(dir, 'keys'));
    t.teardown(() => scene.close());
    return new Stage(scene, dir, await passphraseFile(dir));
  }

  async attack(args: readonly string[], { port = this.scene.server.port, columns = 80, isTTY = false } = {}) {
    let text = '';
    const output = { columns, isTTY, write: (more: string) => (text += more) };
    const files = ['--keys', join(this.dir, 'keys'), '--passphrase-file', this.passphrase];
    const status = await attack(['127.0.0.1', `${port}`, ...files, ...args], output, {}).catch((error: Error) => {
      text += error.message;
      return statusOf(error);
    });
    return { status, text, lines: text.split('\n').slice(0, -1) };
  }

  /** A server that is this one, but for what becomes of its refusals 3. */
  async broken(t: Test, instead: (refusal: Buffer, proxy: Proxy) => Buffer): Promise<number> {
    const proxy: Proxy = await Proxy.open({ host: '127.0.0.1', port: this.scene.server.port }, ({ toClient }) =>
      toClient.plan(change(CELL, CELL, (cell) => (refusalIn(cell) === 3 ? instead(cell, proxy) : cell))));
    t.teardown(() => proxy.close());
    return proxy.port;
  }
}

test('a good server: all that is tried holds, exit 0', async (t) => {
  const stage = await Stage.open(t);
  const { status, text, lines } = await stage.attack(['--only', 'A4', '--only', 'a17', '--only=B4']);
  t.equal(status, 0, text);
  t.match(lines.at(-1), '3 attacks: 3 held, none succeeded.');
  t.match(text, /^A4 +another user's name.* held$/m);
  t.match(text, /^ +→ each refused with 3/m);
  t.notMatch(text, /\x1b/, 'no colours in a file');
  t.ok(lines.every((line) => line.length < 80));
  const watched = await stage.attack(['--only', 'A17', '--color'], { isTTY: true });
  t.match(watched.text, /\x1b\[32mheld\x1b\[0m/, 'but on a terminal');
  const wide = await stage.attack(['--only', 'A17'], { columns: 120 });
  t.match(wide.lines[2], /^row +attack +what was done +what the server did$/);
  t.match(wide.lines[3], /^A17 +the server's own .* {2,}3 logins .* each refused with 3 +held$/);
  t.ok(wide.lines.every((line) => line.length < 120));
});

test('two enrolled users, lines of JSON, and an attack that cannot be tried: exit 3', async (t) => {
  const stage = await Stage.open(t);
  const options = ['--as', 'alice', '--with', 'bob', '--json', '--only', 'A4', '--only', 'A17'];
  const { server } = stage.scene.keys;
  await rename(server.key, `${server.key}.away`);
  const { status, lines } = await stage.attack(options);
  t.equal(status, 3);
  t.match(lines.map((line) => JSON.parse(line)), [
    { row: 'A4', verdict: 'held', did: /9 logins/, saw: /each refused with 3/ },
    { row: 'A17', verdict: 'not tried', did: /private key is not at hand/ },
    { held: 1, succeeded: 0, notTried: 1 },
  ]);
});

test('broken servers: an attack succeeds, exit 1', async (t) => {
  const stage = await Stage.open(t);
  const letsIn = await stage.attack(['--only', 'A4'], { port: await stage.broken(t, () => Buffer.alloc(CELL)) });
  t.equal(letsIn.status, 1);
  t.match(letsIn.text, /^A4 .* SUCCEEDED$/m);
  t.match(letsIn.text, /→ .*: LET IN \(and \d more\)/);
  t.match(letsIn.lines.at(-1), '1 attack: 0 held, 1 SUCCEEDED.');
  const says = await stage.attack(['--only', 'A5'], { port: await stage.broken(t, (cell) => cell.fill(4, 9, 10)) });
  t.equal(says.status, 1);
  t.match(says.text, /refused with 4/, 'a refusal that tells more than it should');
});

test('a server that does not survive: exit 1, and what is left is not called held', async (t) => {
  const stage = await Stage.open(t);
  const port = await stage.broken(t, (cell, proxy) => {
    void proxy.close();
    return cell;
  });
  const { status, lines } = await stage.attack(['--json', '--only', 'A4', '--only', 'A5', '--only', 'B4'], { port });
  t.equal(status, 1);
  t.match(lines.map((line) => JSON.parse(line)), [
    { row: 'A4', verdict: 'SUCCEEDED', saw: /honest users are served no more: .*Nothing listens/ },
    { row: 'A5', verdict: 'not tried', did: 'the server is gone' },
    { row: 'B4', verdict: 'not tried', did: 'the server is gone' },
    { held: 0, succeeded: 1, notTried: 2 },
  ]);
});

test('what is wrong before the first attack: a sentence, exit 2', async (t) => {
  const stage = await Stage.open(t);
  const { port } = stage.scene.server;
  const away = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => away.once('listening', resolve));
  const free = (away.address() as { port: number }).port;
  await new Promise((resolve) => away.close(resolve));
  const output = { write: () => undefined };
  const rows: [args: string[], sentence: RegExp][] = [
    [['192.0.2.1', `${port}`], /is not this machine.*only point this at a server of your own/i],
    [['--list', '--fast'], /fast/],
    [['127.0.0.1'], /Say which server/],
    [['127.0.0.1', '99999'], /not a port/],
    [['127.0.0.1', `${port}`, '--only', 'Z9'], /There is no attack "Z9".*A4, A5/],
    [['127.0.0.1', `${port}`, '--as', 'alice'], /--with ANOTHER/],
    [['127.0.0.1', `${port}`, '--scale', 'x'], /--scale takes a number/],
    [['127.0.0.1', `${free}`], /Nothing listens/],
    [['127.0.0.1', `${port}`, '--keys', stage.dir], /no authority's key here/],
  ];
  for (const [args, sentence] of rows) {
    const given = args.includes('--keys') ? args : [...args, '--keys', join(stage.dir, 'keys')];
    const error = await attack(given, output, {}).then(() => undefined, (thrown: Error) => thrown);
    t.equal(statusOf(error), 2, args.join(' '));
    t.match(error?.message, sentence, args.join(' '));
  }
});

test('--help and --list', async (t) => {
  let text = '';
  const output = { write: (more: string) => (text += more) };
  t.equal(await attack(['--help'], output, {}), 0);
  t.match(text, /Exit status: 0 all held, 1 an attack succeeded/);
  text = '';
  t.equal(await attack(['--list'], output, {}), 0);
  t.equal(text.split('\n').length - 1, attacks.length);
});

const folder = join(ROOT, 'tap-tests/attacks/live');
const files = readdirSync(folder).filter((each) => each.endsWith('.ts'));

test('every attack of the folder is in the list', async (t) => {
  const found: Attack[] = [];
  for (const name of files) {
    const module = await import(`./live/${name.replace(/\.ts$/, '.js')}`) as Record<string, unknown>;
    found.push(...Object.values(module).filter(isAttack));
  }
  t.ok(found.length > 20);
  for (const each of found) t.ok(attacks.includes(each), `${each.row} ${each.title}`);
});

const isAttack = (value: unknown): value is Attack =>
  typeof value === 'object' && value !== null && 'row' in value && 'run' in value;

test('an attack shares no code with what it attacks', async (t) => {
  const support = resolve(folder, '../../support');
  const own = [folder, join(support, 'attacker')];
  const harmless = [join(support, 'until.js'), join(support, 'mutations.js')];
  for (const name of files) {
    const imports = [...readFileSync(join(folder, name), 'utf8').matchAll(/\bfrom '([^']+)'/g)].map(([, from]) => from!);
    const foreign = imports.filter((each) => !each.startsWith('node:')).map((each) => resolve(folder, each))
      .filter((each) => !own.includes(dirname(each)) && !harmless.includes(each));
    t.same(foreign, [], name);
  }
});
