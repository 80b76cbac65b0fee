import t, { type Test } from 'tap';
import { writePassword } from '../../common/files/password-file.js';
import { makeKeysFolder, PASSPHRASE } from '../support/authority.js';
import { passwordOf } from '../support/new-account.js';
import { Program } from '../support/program.js';
import { noPseudoTerminal, PseudoTerminal } from '../support/pseudo-terminal.js';

/** What a person is asked for without an echo, at a real terminal. */

const PASSWORD = 'several words are good';
const skip = noPseudoTerminal();

const dir = t.testdir();
const { users } = await makeKeysFolder(dir, { users: ['alice', 'bob', 'user3'] });
for (const name of ['alice', 'bob', 'user3']) await writePassword(users, name, await passwordOf(PASSWORD));
const server = new Program('server', ['0', '--keys', dir, '--log', 'json', '--pool', '1']);
t.teardown(() => server.stop());
const { port } = await server.event('listening');

function client(t: Test, args: readonly string[], env: Record<string, string> = {}): PseudoTerminal {
  const client = new PseudoTerminal(['127.0.0.1', String(port), '--keys', dir, '--suite', 'x25519', ...args], env);
  t.teardown(() => client.stop());
  return client;
}

t.jobs = 3;

t.test('a wrong passphrase and a wrong password, then the right ones; nothing of them is shown', { skip }, async (t) => {
  const alice = client(t, []);
  await alice.at('Username: ', 'alice\r');
  await alice.at('Passphrase: ', 'mistaken\r');
  await alice.at('not the passphrase; try again.\r\nPassphrase: ', `${PASSPHRASE}xy\x7f\x7f\r`);
  await alice.at('Password of alice: ', 'mistaken\r');
  await alice.shows('Wrong password, or name, or key. Next try in 1 s.');
  await alice.at('Password of alice: ', '\r');
  await alice.at('The password is empty.\r\nPassword of alice: ', `nonsense\x15${PASSWORD}!\x7f\r`);
  await alice.at('[SERVER-COMMAND]-> ', 'exitx\r');
  t.equal(await alice.ended(), 0);
  for (const secret of ['mistaken', 'nonsense', PASSWORD, PASSPHRASE, 'xy', 'words']) {
    t.notOk(alice.screen.includes(secret), secret);
  }
});

t.test('three wrong ones are the end; Ctrl-C ends at each question', { skip }, async (t) => {
  const phrase = { MESSAGEAPP_PASSPHRASE: PASSPHRASE };
  const wrong = async () => {
    const bob = client(t, ['--user', 'bob'], phrase);
    for (const pause of ['1 s', '2 s']) {
      await bob.at('Password of bob: ', 'mistaken\r');
      await bob.shows(`Next try in ${pause}.`);
    }
    await bob.at('Password of bob: ', 'mistaken\r');
    await bob.shows('or the password is wrong.');
    t.equal(await bob.ended(), 4);
    t.equal(bob.screen.split('Password of bob: ').length, 4);
  };
  const interrupted = async (question: string, args: readonly string[], env = {}) => {
    const alice = client(t, args, env);
    await alice.at(question, 'abc\x03');
    t.equal(await alice.ended(), 130);
    t.notMatch(alice.screen, 'abc', 'not shown either');
  };
  await Promise.all([
    wrong(), interrupted('Passphrase: ', ['--user', 'alice']),
    interrupted('Password of alice: ', ['--user', 'alice'], phrase),
  ]);
});

t.test('a terminal that cannot edit lines: a password is no line to be done', { skip }, async (t) => {
  const user3 = client(t, ['--user', 'user3'], { TERM: 'dumb', MESSAGEAPP_PASSPHRASE: PASSPHRASE });
  await user3.at('Password of user3: ', `${PASSWORD}\r`);
  await user3.at('You are user3', 'helpx\rexitx\r');
  t.equal(await user3.ended(), 0);
  t.notMatch(user3.screen, /There is no command/);
  t.notOk(user3.screen.includes('several'));
});
