import { TrustStore } from '../../client/engine/trust-store.js';

/** Pins one key after another in the file that is given, and says each name once it is stored. */
const [path, ...names] = process.argv.slice(2);
const store = await TrustStore.open(path!);
for (const [n, username] of names.entries()) {
  const fingerprint = `${n}`.padStart(64, 'a');
  await store.put({ server: 'localhost', username, fingerprint, compared: false, since: new Date(n).toISOString() });
  console.log(username);
}
