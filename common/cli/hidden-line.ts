import { StringDecoder } from 'node:string_decoder';
import type { Readable, Writable } from 'node:stream';
import { UsageError } from '../errors.js';

/** The part of process.stdin that is needed here. */
export interface KeyboardInput extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
/** An arrow or function key: CSI or SS3, parameters, and a last letter. */
const FUNCTION_KEY = /\x1b(?:\[[0-9;?]*[@-~]|O[@-~]|.)?/g;

/**
 * Reads one line from a terminal without showing it. Backspace takes back a character, Ctrl-U all of them;
 * what was pasted behind the line is left for the next question.
 * Throws UsageError 'interrupted' at Ctrl-C, and at Ctrl-D or the end of input.
 */
export function readHiddenLine(input: KeyboardInput, output: Writable, prompt: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder('utf8');
    let typed: string[] = [];
    // First: whoever types at once must not see it either.
    input.setRawMode?.(true);
    output.write(prompt);
    input.on('data', take).on('end', interrupted).on('error', interrupted);
    input.resume();

    function take(data: Buffer | string): void {
      const text = (typeof data === 'string' ? data : decoder.write(data)).replace(FUNCTION_KEY, '');
      const characters = [...text];
      for (const [at, character] of characters.entries()) {
        if (character === '\r' || character === '\n') {
          done();
          const isCrLf = character === '\r' && characters[at + 1] === '\n';
          const left = characters.slice(at + (isCrLf ? 2 : 1)).join('');
          if (left !== '') input.unshift(Buffer.from(left));
          return resolve(typed.join(''));
        }
        if (character === CTRL_C || character === CTRL_D) return interrupted();
        if (character === '\x7f' || character === '\b') typed.pop();
        else if (character === CTRL_U) typed = [];
        else if (character >= ' ') typed.push(character);
      }
    }

    function interrupted(): void {
      done();
      reject(new UsageError('interrupted', 'Interrupted.'));
    }

    function done(): void {
      input.off('data', take).off('end', interrupted).off('error', interrupted);
      input.pause();
      input.setRawMode?.(false);
      output.write('\n');
    }
  });
}
