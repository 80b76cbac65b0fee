import { engineTarget } from './programs/engine.js';
import { relayTarget } from './programs/relay.js';
import type { Target } from './target.js';
import { certificateTargets } from './targets/certificates.js';
import { codecTargets } from './targets/codecs.js';
import { exchangeTargets } from './targets/exchange.js';
import { fileTargets } from './targets/files.js';
import { keyTargets } from './targets/keys.js';
import { optionTargets } from './targets/options.js';
import { recordTargets } from './targets/records.js';
import { terminalTargets } from './targets/terminal.js';
import { textTargets } from './targets/texts.js';

/** What takes bytes or a text, and gives a value. */
export const readers: readonly Target[] = [
  ...codecTargets, ...recordTargets, ...keyTargets, ...certificateTargets, ...textTargets, ...exchangeTargets,
];

/** What reads from a file or a terminal. */
export const places: readonly Target[] = [...fileTargets, ...terminalTargets, ...optionTargets];

export const programs: readonly Target[] = [relayTarget, engineTarget];

export const targets: readonly Target[] = [...readers, ...places, ...programs];
