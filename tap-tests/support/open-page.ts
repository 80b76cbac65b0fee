import { PassThrough } from 'node:stream';
import type { Test } from 'tap';
import type { EngineOptions } from '../../client/engine/engine.js';
import { type EnginePort, runWeb } from '../../client/ui/web/index.js';
import { systemClock } from '../../common/clock.js';
import type { Actor, Scene } from './scene.js';
import { until } from './until.js';

/** A client with its page, as `node client … --web` runs it, in this process. */
export class OpenPage {
  out = '';
  status: number | undefined;
  readonly #input = Object.assign(new PassThrough(), { isTTY: true });

  private constructor(readonly actor: Actor) {}

  static async open(t: Test, scene: Scene, name: string, options: Partial<EngineOptions> = {}): Promise<OpenPage> {
    const page = new OpenPage(await scene.actor(name, options));
    await page.#run(t, page.actor.engine);
    await page.actor.next('ready');
    return page;
  }

  /** The address shown last. */
  get address(): string {
    return [...this.out.matchAll(/http:\S+/g)].at(-1)![0];
  }

  get origin(): string {
    return new URL(this.address).origin;
  }

  get port(): number {
    return Number(new URL(this.address).port);
  }

  get folder(): string {
    return new URL(this.address).pathname;
  }

  /** The person presses Enter: another address. */
  async another(): Promise<string> {
    const before = this.address;
    this.#input.write('\n');
    await until('another address', () => this.address !== before);
    return this.address;
  }

  async #run(t: Test, engine: EnginePort): Promise<void> {
    const output = new PassThrough();
    output.on('data', (data: Buffer) => (this.out += data.toString()));
    const ended = runWeb({ input: this.#input, output, user: this.actor.name, port: 0, clock: systemClock }, async () => engine)
      .then((status) => (this.status = status));
    t.teardown(async () => {
      engine.do({ do: 'exit' });
      await ended;
    });
    await until('an address', () => this.out.includes('http:'));
  }
}
