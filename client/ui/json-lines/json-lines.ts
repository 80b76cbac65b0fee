import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../../common/clock.js';
import { MessageAppError } from '../../../common/errors.js';
import type { Engine } from '../../engine/engine.js';
import type { Event } from '../../engine/protocol.js';
import { readCommand } from './read-command.js';
import { Lines } from './lines.js';

/** Commands that come before the login is done wait for it, so that a script need not; beyond these nothing more is read. */
const WAITING_MAX = 1_000;

/**
 * The engine for programs (README, "JSON lines"): one command a line in, one event a line out, texts exactly as they
 * are. A line that is no command gets an `error` event; the end of input leaves like `exit`.
 * @returns the exit status
 */
export function runJsonLines(
  engine: Engine,
  { input, output }: { readonly input: Readable; readonly output: Writable },
  clock: Clock,
): Promise<number> {
  return new Promise((resolve) => {
    const write = (event: Event) => output.write(`${JSON.stringify({ ...event, time: clock.wall() })}\n`);
    let waiting: string[] | undefined = [];

    const take = (line: string) => {
      if (line.trim() === '') return;
      if (!waiting) return run(line);
      waiting.push(line);
      if (waiting.length >= WAITING_MAX) input.pause();
    };
    const run = (line: string) => {
      try {
        engine.do(readCommand(line));
      } catch (error) {
        if (!(error instanceof MessageAppError)) throw error;
        write({ event: 'error', code: error.code, text: error.message });
      }
    };
    const lines = new Lines(take, (code, text) => write({ event: 'error', code, text }));

    engine.listen((event) => {
      write(event);
      if (event.event === 'ready' && waiting) {
        const first = waiting;
        waiting = undefined;
        first.forEach(run);
        input.resume();
      }
      if (event.event === 'closed') {
        input.destroy();
        output.write('', () => resolve(event.status));
      }
    });
    // Whoever read our events has gone: there is nobody to talk for.
    output.on('error', () => engine.do({ do: 'exit' }));
    const leave = () => {
      lines.end();
      take('{"do":"exit"}');
    };
    input.on('data', (chunk: Buffer | string) => lines.push(Buffer.from(chunk))).on('end', leave);
    process.once('SIGTERM', () => engine.do({ do: 'exit' }));
    process.once('SIGINT', () => engine.do({ do: 'exit' }));
    engine.start();
  });
}
