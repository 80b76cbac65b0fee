import { main } from '../../keys/main.js';
import { testIo } from './authority.js';

/** `node keys …` as a process of its own, with so few rounds of PBKDF2 that it can be run a hundred times. */
process.exitCode = await main(process.argv.slice(2), { ...testIo(), print: console.log });
