import { look, watchTables, watchWork } from './inside.js';
import { publicIdentity, privateIdentity } from '../../../common/crypto/identity.js';
import { makeEd25519Pair } from '../../../common/crypto/node.js';
import { parseCertificate } from '../../../common/crypto/certificate.js';
import {
  type Enrolment, type LogEvent, type LogFields, type RelayLimits, startServer,
} from '../../../server/library.js';

/** What the test gives to the process of the server. */
export interface ChildOptions {
  /** Name → SPKI in base64. */
  readonly users: Readonly<Record<string, string>>;
  readonly revoked: readonly string[];
  readonly limits: Partial<RelayLimits>;
  /** DER in base64. */
  readonly certificate: string;
  readonly authority: string;
}

watchTables();
watchWork();
const { users, revoked, limits, certificate, authority } = JSON.parse(process.argv[2]!) as ChildOptions;
const bytes = (text: string) => Buffer.from(text, 'base64');
const identity = privateIdentity(makeEd25519Pair().privateKey);
const counted: Record<string, number> = {};
const enrolled = Object.entries(users).map(([username, spki]): [string, Enrolment] =>
  [username, { username, identity: publicIdentity(bytes(spki)), certificates: [] }]);

const server = await startServer({
  material: {
    identity,
    certificates: [bytes(certificate)],
    authorities: [parseCertificate(bytes(authority))],
    users: { users: new Map(enrolled), revokedNames: new Set(revoked), revokedFingerprints: new Set() },
  },
  limits,
  log(event: LogEvent, { reason }: LogFields = {}) {
    const keys = reason === undefined ? [event] : [event, `${event} ${reason}`];
    for (const key of keys) counted[key] = (counted[key] ?? 0) + 1;
  },
});
process.on('message', (mark) => void look(counted).then((inside) => process.send?.({ mark, inside })));
// No exit: with a thread that was loaded from source, Node 20 may wait for it for ever.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.send?.({ port: server.port, spki: identity.public.spki.toString('base64') });
