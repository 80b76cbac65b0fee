import { test } from 'tap';
import { seedOfRun } from '../support/mutations.js';
import { Disagreement } from './journal.js';
import { play } from './play.js';
import { ReferenceModel } from './reference-model.js';

const COMMANDS = 100_000;
const seed = seedOfRun();

/** Whatever can become of a command, a call, a conversation, a connection: a game has to meet them all. */
const rules = [
  'login', 'login: refused, the name is logged in', 'pong: in time', 'cut: silence', 'cut: idle', 'malformed',
  'the connection broke', 'behind exit: thrown away', 'two speak at once',
  'list: nobody in a chat', 'list: somebody in a chat',

  'chat: rings', 'chat: oneself', 'chat: not online', 'chat: a request exists', 'chat: a conversation exists',
  'chat: calling you', 'chat: limit after refu', 'chat: limit after third cach', 'chat: limit of conversations',
  'chat: limit of outgoing calls', 'chat: limit of incoming calls', 'chat: rings again after refu',
  'chat: rings again after third cach', 'chat: rings again after cach', 'chat: by the one who refused',
  'chat: no answer', 'chat: not online any more', 'the caller is gone', 'the receiver is gone',
  'cach: withdrawn', 'cach: no request', 'cach: no request, the other has accepted',
  'acpt: a conversation', 'acpt: no request', 'acpt: limit of the caller', 'acpt: limit of the receiver',
  'refu: refused', 'refu: no request',

  'frwd: handed on', 'frwd: ignored, just left', 'frwd: no conversation, left', 'frwd: no conversation, ended',
  "frwd: no conversation, another's", 'frwd: no conversation, unknown',
  'exch: left', 'exch left', 'exch broken', 'exch idle', 'exch: no conversation, left', 'exch: no conversation, ended',
  "exch: no conversation, another's", 'exch: no conversation, unknown',
];

test(`E10: a reference model agrees with the server over ${COMMANDS} commands (FUZZ_SEED=${seed})`, async (t) => {
  const met = await play(t, { seed, commands: COMMANDS }).catch((error) => {
    if (error instanceof Disagreement) for (const line of error.lines) t.comment(line);
    throw error;
  });
  t.same([...met.keys()].sort(), [...rules].sort(), 'each rule was met, and no other');
  const [rarest] = [...met].sort(([, one], [, other]) => one - other);
  t.comment(`${met.get('acpt: a conversation')} conversations; met least: ${rarest?.join(', ')} times`);
});

const wrong: [string, typeof ReferenceModel][] = [
  ['one call more', class extends ReferenceModel {
    constructor(...[limits, ...more]: ConstructorParameters<typeof ReferenceModel>) {
      super({ ...limits, outgoingCalls: limits.outgoingCalls + 1 }, ...more);
    }
  }],
  ['nobody waits after refu', class extends ReferenceModel {
    override refu(receiver: string, caller: string): void {
      super.refu(receiver, caller);
      this.state.barred.clear();
    }
  }],
  ['an acpt at the limit ends the request', class extends ReferenceModel {
    override acpt(receiver: string, caller: string): void {
      const { made, requests } = this.state;
      super.acpt(receiver, caller);
      if (this.state.made === made) requests.delete(`${caller} ${receiver}`);
    }
  }],
  ['what one has left is not remembered', class extends ReferenceModel {
    override frwd(by: string, conversation: string, body: string): void {
      this.state.online.get(by)!.left.length = 0;
      super.frwd(by, conversation, body);
    }
  }],
];

for (const [rule, model] of wrong) {
  test(`E10: a model with a wrong rule is found out: ${rule} (FUZZ_SEED=${seed})`, async (t) => {
    const error = await play(t, { seed, commands: COMMANDS, model }).then(() => undefined, (fault: unknown) => fault);
    if (!(error instanceof Disagreement)) throw error ?? new Error('nobody found out');
    t.ok(error.commands < COMMANDS, `behind ${error.commands} commands`);
    t.match(error.lines.join('\n'), /heard[^]*and not[^]*The last that/, 'and the report says what led there');
  });
}
