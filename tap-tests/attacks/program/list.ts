import type { Attack } from '../live/attack.js';
import { anothersName } from '../live/A4-anothers-name.js';
import { signatureSlots } from '../live/A5-signature-slots.js';
import { changedHandshake } from '../live/A7-changed-handshake.js';
import { handshakeOutOfTurn } from '../live/A8-out-of-turn-handshake.js';
import { sessionOutOfTurn } from '../live/A8-out-of-turn-session.js';
import { replayedLogin } from '../live/A9-replay.js';
import { hostileKeys } from '../live/A12-hostile-keys.js';
import { malformedShares } from '../live/A13-malformed-shares.js';
import { serverAsUser } from '../live/A17-server-as-user.js';
import { reflectedRecords } from '../live/B3-reflected-records.js';
import { orderOfRecords } from '../live/B4-order-of-records.js';
import { bitsFlipped } from '../live/B6-bits-flipped.js';
import { shortTags } from '../live/B7-short-tags.js';
import { m1Flood } from '../live/E1-m1-flood.js';
import { slowSenders } from '../live/E2-slow-senders.js';
import { readerThatStops } from '../live/E3-reader-that-stops.js';
import { bothWrite } from '../live/E3b-both-write.js';
import { millionNames } from '../live/E4-million-names.js';
import { lyingLengths } from '../live/E5-lying-lengths.js';
import { splitPoints } from '../live/E5-split-points.js';
import { enrolmentOracle } from '../live/E7-enrolment-oracle.js';
import { rateDodged } from '../live/E8-rate-dodged.js';
import { cuts } from '../live/E9-cuts.js';
import { callsOutOfTurn } from '../live/E10-calls-out-of-turn.js';

/**
 * Every attack of the folder live (a test looks that none is left out), those first that put no load on the server:
 * what floods it also uses up what an address may connect.
 */
export const attacks: readonly Attack[] = [
  anothersName, signatureSlots, changedHandshake, handshakeOutOfTurn, sessionOutOfTurn, replayedLogin, hostileKeys,
  malformedShares, serverAsUser,
  reflectedRecords, orderOfRecords, bitsFlipped, shortTags,
  lyingLengths, splitPoints, enrolmentOracle, rateDodged, callsOutOfTurn,
  m1Flood, slowSenders, readerThatStops, bothWrite, millionNames, cuts,
];
