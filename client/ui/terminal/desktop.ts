import { createInterface, type Interface } from 'node:readline';
import { PassThrough } from 'node:stream';
import type { Clock } from '../../../common/clock.js';
import { complete } from './completion.js';
import type { Desk } from './desk.js';
import { Histories, HISTORY_MAX } from './history.js';
import type { Lend, TerminalIo } from './io.js';
import { Keyboard } from './keyboard.js';
import type { Paint } from './palette.js';
import { keyOf } from './place.js';
import { prompt } from './prompt.js';
import { LineScreen, PlainScreen, type Screen } from './screen.js';
import { Script } from './script.js';
import type { Texts } from './texts.js';

/** Where lines come from and rows go to: what differs between a terminal and a pipe. */
export interface Desktop {
  readonly screen: Screen;
  /** The line being typed is not empty. */
  readonly typing: boolean;
  /** An event has been taken and shown. */
  settle(): void;
  start(): void;
  stop(): void;
  readonly lend: Lend;
}

export interface DesktopOptions {
  readonly io: TerminalIo;
  readonly desk: Desk;
  readonly texts: Texts;
  readonly clock: Clock;
  readonly paint: Paint;
  line(typed: string): void;
  /** Ctrl-C on an empty line. */
  interrupt(): void;
  /** Ctrl-D on an empty line. */
  end(): void;
  quit(): void;
  /** A script ends here: its next line is a text that would not be signed. */
  unsigned(peer: string, lines: readonly string[]): void;
}

export function onTerminal({ io, desk, paint, line, interrupt, end, quit }: DesktopOptions): Desktop {
  const histories = new Histories();
  const rl = createInterface({
    // Keys come by way of the keyboard alone.
    input: new PassThrough(), output: io.output as NodeJS.WritableStream, terminal: true,
    history: histories.lines, historySize: HISTORY_MAX,
    completer: (typed: string) => complete(typed, desk.question ? 'ended' : desk.where, desk.names),
  });
  const screen = new LineScreen(rl, io.output, paint, () => prompt(desk, paint));
  let open = true;

  /** After each of these the front may be another. */
  function settle(): void {
    histories.use(desk.place ? keyOf(desk.place) : '');
    screen.refresh();
  }

  const keyboard = new Keyboard(io, rl, {
    interrupt() {
      interrupt();
      settle();
    },
    end() {
      end();
      settle();
    },
    resumed: () => screen.draw(),
    gone: quit,
  });

  rl.on('line', (typed) => {
    screen.entered(keyboard.rows);
    // An answer is none of the lines that one takes up again.
    if (desk.question && typed !== '') histories.lines.shift();
    line(typed);
    settle();
    if (open) screen.draw();
  });

  return {
    screen,
    get typing() {
      return rl.line !== '';
    },
    settle,
    start() {
      keyboard.start();
      screen.draw();
    },
    async lend(work) {
      keyboard.stop();
      // The question stands where the prompt was.
      io.output.write('\r\x1b[J');
      try {
        return await work();
      } finally {
        if (open) keyboard.start();
        if (open) screen.draw();
      }
    },
    stop() {
      open = false;
      screen.close();
      keyboard.stop();
      rl.close();
    },
  };
}

export function onPipe({ io, desk, texts, clock, paint, line, quit, unsigned }: DesktopOptions): Desktop {
  const script = new Script(desk, texts, clock, line, quit, unsigned);
  let rl: Interface | undefined;
  let [open, lent] = [true, false];

  function read(): void {
    rl = createInterface({ input: io.input, terminal: false, crlfDelay: Infinity });
    rl.on('line', (typed) => script.add(typed)).on('close', () => (lent ? undefined : script.end()));
  }

  return {
    screen: new PlainScreen(io.output, paint),
    typing: false,
    settle: () => script.go(),
    start: read,
    async lend(work) {
      // What is typed now is no line of the script.
      lent = true;
      rl?.close();
      try {
        return await work();
      } finally {
        lent = false;
        if (open) read();
      }
    },
    stop() {
      open = false;
      script.stop();
      rl?.close();
    },
  };
}
