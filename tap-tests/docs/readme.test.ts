import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { readCommand } from '../../client/ui/json-lines/read-command.js';
import { PASSPHRASE } from '../support/authority.js';
import { Program } from '../support/program.js';
import { ROOT } from '../support/root.js';

const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');
const readme = read('README.md');
const blocks = (language: string) => [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text!);
const shell = blocks('sh').flatMap((block) => block.split('\n')).map((line) => line.replace(/\s+#.*$/, '').trim()).filter((line) => line !== '');

test('links lead somewhere, and scripts are there', async (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const name of ['README.md', 'SECURITY.md', 'CHANGELOG.md']) {
    for (const [, target] of read(name).matchAll(/\]\((?!http|#)([^)#]+)\)/g)) t.ok(existsSync(join(ROOT, target!)), `${name}: ${target}`);
    for (const [, script] of read(name).matchAll(/npm run ([a-z]+)/g)) t.ok(scripts[script!], `${name}: npm run ${script}`);
    for (const [, folder] of read(name).matchAll(/`((?:common|server|client|keys|tap-tests|bench|docs)\/[a-z/-]*)`/g)) {
      if (!/^keys\/./.test(folder!)) t.ok(existsSync(join(ROOT, folder!)), `${name}: ${folder}`);
    }
  }
});

test('the demonstration holds what it promises', async (t) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const told = execFileSync(process.execPath, [scripts['demo']!.replace(/^node /, '')], { cwd: ROOT, encoding: 'utf8' });
  t.equal(told.match(/✓/g)?.length, 6);
  t.notMatch(told, /✗/);
});

test('the commands for keys do what they say, in their order', async (t) => {
  const folder = t.testdir();
  const env = { ...process.env, MESSAGEAPP_PASSPHRASE: PASSPHRASE };
  const keys = (line: string) => {
    const args = line.split(' ').slice(2);
    return execFileSync(process.execPath, ['keys', ...args, '--keys', join(folder, 'keys')], { cwd: ROOT, env, encoding: 'utf8' });
  };
  const lines = shell.filter((line) => line.startsWith('node keys'));
  t.ok(lines.includes('node keys user alice') && lines.includes('node keys init'));
  keys('node keys init');
  keys(lines.find((line) => line.startsWith('node keys server'))!);
  t.match(keys('node keys user alice'), /alice is enrolled/);
  t.match(keys('node keys user bob'), /bob is enrolled/);

  const own = join(folder, 'own');
  await mkdir(own);
  for (const line of shell.filter((each) => each.startsWith('openssl'))) {
    const command = line.replace('-out key.pem', `-out key.pem -passout 'pass:${PASSPHRASE}'`).replace('-in key.pem', `-in key.pem -passin 'pass:${PASSPHRASE}'`);
    execFileSync('sh', ['-c', command], { cwd: own, stdio: 'pipe' });
  }
  keys('node keys revoke bob');
  const enrol = lines.find((line) => line.startsWith('node keys enrol'))!;
  t.equal(enrol, 'node keys enrol alice alice-public.pem');
  t.match(keys(`node keys enrol user3 ${join(own, 'alice-public.pem')}`), /user3/);

  await chmod(join(own, 'key.pem'), 0o600);
  await copyFile(join(folder, 'keys', 'authority', 'ca.pem'), join(own, 'ca.pem'));
  keys('node keys server --force');
  const server = new Program('server', ['0', '--keys', join(folder, 'keys'), '--log', 'json', '--pool', '1']);
  t.teardown(() => server.stop());
  const { port } = await server.event('listening');
  const client = new Program(
    'client', ['127.0.0.1', String(port), '--json', '--user', 'user3', '--identity', own, '--suite', 'x25519'], { MESSAGEAPP_PASSPHRASE: PASSPHRASE },
  );
  t.teardown(() => client.stop());
  t.match(await client.event('ready'), { user: 'user3' });
  client.type({ do: 'exit' });
  t.equal(await client.ended(), 0);
});

test('JSON lines: every command is one, every event is in the table', async (t) => {
  const commands = blocks('json').flatMap((block) => block.trim().split('\n'));
  t.equal(commands.length, 21);
  for (const line of commands) t.same(readCommand(line), JSON.parse(line), line);
  const ofChats = read('client/engine/protocol.ts').split('export type ChatEvent =')[1]!.split('export type Event =')[0]!;
  const ofRooms = read('client/engine/room-protocol.ts').split('export type RoomEvent =')[1]!.split('export const')[0]!;
  const [chats, rooms] = readme.split('Events of rooms,') as [string, string];
  for (const [source, table, least] of [[ofChats, chats, 22], [ofRooms, rooms, 15]] as const) {
    const found = source.matchAll(/event: ('[a-z-]+'(?: \| '[a-z-]+')*)/g);
    const events = [...found].flatMap(([, names]) => names!.replaceAll("'", '').split(' | '));
    t.ok(events.length >= least, `${events.length} events`);
    for (const event of events) t.match(table, new RegExp(`^\\|[^|]*\`${event}\``, 'm'), event);
  }
});

test('the library is what package.json says', async (t) => {
  const client = await import('messageapp/client');
  const server = await import('messageapp/server');
  t.type(client.Engine, 'function');
  t.type(server.startServer, 'function');
});
