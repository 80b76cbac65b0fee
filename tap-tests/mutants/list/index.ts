import type { Mutant } from '../mutant.js';
import { accounts } from './accounts.js';
import { bytes } from './bytes.js';
import { certificates } from './certificates.js';
import { clientRooms } from './client-rooms.js';
import { conversations } from './conversations.js';
import { engineSessions } from './engine-sessions.js';
import { engineTrust } from './engine-trust.js';
import { exchange } from './exchange.js';
import { faces } from './faces.js';
import { files } from './files.js';
import { identities } from './identities.js';
import { page } from './page.js';
import { primitives } from './primitives.js';
import { records } from './records.js';
import { relayCalls } from './relay-calls.js';
import { relayLogins } from './relay-logins.js';
import { relayRooms } from './relay-rooms.js';
import { relaySessions } from './relay-sessions.js';
import { renewals } from './renewals.js';
import { signed } from './signed.js';
import { wire } from './wire.js';

/** Every sabotage, from the bottom up: what an attacker would love to find in the source. */
export const mutants: readonly Mutant[] = [
  ...bytes, ...wire, ...identities, ...certificates, ...primitives, ...exchange, ...records,
  ...relayLogins, ...relaySessions, ...relayCalls, ...relayRooms, ...accounts,
  ...engineSessions, ...engineTrust, ...conversations, ...renewals, ...signed, ...clientRooms,
  ...faces, ...page, ...files,
];
