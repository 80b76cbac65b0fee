import type { Test } from 'tap';
import { Room } from '../../server/relay/rooms/room.js';

/** What passed through the rooms of a relay in this process. */
export interface Passed {
  readonly command: string;
  readonly sender: string;
  readonly kind: number;
  readonly body: Buffer;
  /** Of an `each`. */
  readonly to?: string;
}

/** Everything that was said in rooms, as one has it who sits in the relay, until the test is over. */
export function tapRelay(t: Test): Passed[] {
  const passed: Passed[] = [];
  const { say, tell } = Room.prototype;
  t.teardown(() => void Object.assign(Room.prototype, { say, tell }));
  Room.prototype.say = function tapped(command, fields) {
    const { sender = '', kind = 0, body = Buffer.alloc(0) } = fields as Partial<Passed>;
    passed.push({ command, sender, kind, body: Buffer.from(body) });
    return say.call(this, command, fields);
  };
  Room.prototype.tell = function tapped(to, sender, kind, body) {
    passed.push({ command: 'each', sender, kind, body: Buffer.from(body), to });
    return tell.call(this, to, sender, kind, body);
  };
  return passed;
}
