import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { makeKeysFolder, PASSPHRASE } from '../support/authority.js';
import { Program } from '../support/program.js';
import { ROOT } from '../support/root.js';

const section = readFileSync(join(ROOT, 'README.md'), 'utf8').split('## Sign a chat\n')[1]!.split('\n## ')[0]!;
const blocks = (language: string) => [...section.matchAll(/^```(.*)\n([^]*?)^```$/gm)]
  .filter(([, of]) => of === language).map(([, , text]) => text!);

test('the signed chat of the README: valid as it was, and caught when altered', async (t) => {
  const folder = t.testdir();
  const keys = join(folder, 'keys');
  await makeKeysFolder(keys, { enrol: 'certificate' });
  const server = new Program('server', ['0', '--keys', keys, '--log', 'json', '--pool', '1']);
  t.teardown(() => server.stop());
  const { port } = await server.event('listening');
  const [alice, bob] = ['alice', 'bob'].map((name) => {
    const args = ['127.0.0.1', String(port), '--json', '--user', name, '--keys', keys, '--suite', 'x25519'];
    const client = new Program('client', args, { MESSAGEAPP_PASSPHRASE: PASSPHRASE });
    t.teardown(() => client.stop());
    return client;
  }) as [Program, Program];
  await Promise.all([alice.event('ready'), bob.event('ready')]);
  alice.type({ do: 'chat', with: 'bob' });
  await bob.event('request');
  bob.type({ do: 'accept', with: 'alice' });
  await alice.event('chat');
  alice.type({ do: 'sign', with: 'bob' });
  await bob.event('sign-request');
  bob.type({ do: 'sign', with: 'alice' });
  await alice.event('signed');
  for (const [from, to, text] of [[alice, bob, 'I sell you the boat for 100.'], [bob, alice, 'I take it.']] as const) {
    t.match(section, `: ${text}\n`);
    from.type({ do: 'say', with: to === bob ? 'bob' : 'alice', text });
    t.match(await to.event('message'), { text, signed: true });
  }
  alice.type({ do: 'exit' });
  t.equal(await alice.ended(), 0);
  bob.type({ do: 'exit' });
  t.equal(await bob.ended(), 0);

  const told = blocks('').slice(1);
  t.equal(told.length, 2);
  for (const [at, lines] of blocks('sh').entries()) {
    const command = lines.replaceAll('node client', `'${process.execPath}' '${join(ROOT, 'client')}'`);
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
    t.equal(stderr, '');
    t.equal(status, at, 'valid, not valid');
    const constant = told[at]!.split('\n').filter((line) => !/^( {2}key|Conversation |20\d\d-)/.test(line));
    for (const line of constant) t.ok(stdout.split('\n').includes(line), line);
    if (status === 0) t.equal(told[at]!.match(/UTC {2}/g)?.length, stdout.match(/UTC {2}/g)?.length);
  }
});
