import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { matches } from '../../common/crypto/password.js';
import { makeInvitation } from '../../common/files/invitations.js';
import { nobodyRevoked } from '../../common/files/revoked-list.js';
import { readUsers } from '../../common/files/users-folder.js';
import { AccountFiles } from '../../server/library.js';
import { KilledRuns } from '../support/killed-runs.js';
import { newIdentity } from '../support/raw-client.js';
import { publicKeyIn } from '../support/new-account.js';

const nextWeek = new Date(Date.now() + 7 * 86_400_000);

test('E11: somebody registers, with an invitation and a password', async (t) => {
  const dir = t.testdir({ before: { users: {} }, runs: {} });
  const before = join(dir, 'before');
  writeFileSync(join(before, 'spki'), newIdentity().public.spki);
  writeFileSync(join(before, 'code'), await makeInvitation(join(before, 'users'), nextWeek));
  const all = new KilledRuns(join(dir, 'runs'), before, 'accounts-run', (folder) => [folder]);
  let enrolled = 0;
  for (const { folder, said, how } of await all.each()) {
    const path = join(folder, 'users');
    const { users, passwords, problems } = await readUsers(path, nobodyRevoked);
    t.same(problems, [], `${how}: nothing is half there`);
    const there = users.has('alice');
    t.ok(there || !said.includes('is enrolled'), `${how}: what was said is so`);
    if (there) enrolled++;
    const password = passwords?.get('alice');
    if (there) t.ok(password && password !== 'damaged' && await matches(Buffer.from('secret'), password), how);
    const left = readdirSync(join(path, 'invitations')).filter((name) => !name.startsWith('.'));
    t.notOk(there && left.length > 0, `${how}: the code lets in nobody else`);
    const invitation = await makeInvitation(path, nextWeek);
    const account = { username: 'alice', identity: publicKeyIn(folder), email: '', password: undefined, invitation };
    const again = new AccountFiles(path).enrol(account, () => undefined);
    await (there ? t.rejects(again, { code: 'name-taken' }, how) : t.resolves(again, how));
    const after = await readUsers(path, nobodyRevoked);
    t.same([after.problems, after.passwords?.has('alice')], [[], there], `${how}: no password of a run that was killed`);
  }
  t.ok(enrolled > 0, 'the last kills come behind the entry');
});
