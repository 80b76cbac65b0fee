import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { passwordOf, publicKeyIn } from './new-account.js';
import { AccountFiles } from '../../server/library.js';

/** What a server writes when alice registers with an invitation and a password, in a folder of keys. */
const [folder = ''] = process.argv.slice(2);
const users = join(folder, 'users');
await new AccountFiles(users).enrol({
  username: 'alice', identity: publicKeyIn(folder), email: 'alice@example.org', password: await passwordOf('secret'),
  invitation: readFileSync(join(folder, 'code'), 'latin1'),
}, () => undefined);
console.log('alice is enrolled');
