import { engineTarget } from './programs/engine.js';
import { relayTarget } from './programs/relay.js';
import type { Target } from './target.js';
import { certificateTargets } from './targets/certificates.js';
import { codecTargets } from './targets/codecs.js';
import { derTargets } from './targets/der.js';
import { exchangeTargets } from './targets/exchange.js';
import { fileTargets } from './targets/files.js';
import { keyTargets } from './targets/keys.js';
import { lineTargets } from './targets/lines.js';
import { nameTargets } from './targets/names.js';
import { optionTargets } from './targets/options.js';
import { pageTargets } from './targets/page.js';
import { recordTargets } from './targets/records.js';
import { roomTargets } from './targets/rooms.js';
import { streamTargets } from './targets/streams.js';
import { terminalTargets } from './targets/terminal.js';
import { textTargets } from './targets/texts.js';
import { transcriptTargets, verifyTargets } from './targets/transcripts.js';

/** What takes bytes or a text, and gives a value. */
export const readers: readonly Target[] = [
  ...codecTargets, ...recordTargets, ...streamTargets, ...derTargets, ...keyTargets, ...certificateTargets,
  ...exchangeTargets, ...nameTargets, ...textTargets, ...lineTargets, ...pageTargets, ...roomTargets, ...transcriptTargets,
];

/** What reads from a file, a terminal or the command line. */
export const places: readonly Target[] = [...fileTargets, ...terminalTargets, ...optionTargets, ...verifyTargets];

export const programs: readonly Target[] = [relayTarget, engineTarget];

export const targets: readonly Target[] = [...readers, ...places, ...programs];
