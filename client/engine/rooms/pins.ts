import type { PublicIdentity } from '../../../common/crypto/identity.js';
import { sameBytes } from '../../../common/crypto/node.js';
import { safetyNumber } from '../../../common/crypto/safety-number.js';
import { TrustError } from '../../../common/errors.js';
import type { Member } from '../../../common/wire/room-change.js';
import type { RoomPorts } from './ports.js';

/** The keys of a room's members, against those that were seen before (docs/PROTOCOL.md parts 5 and 10). */
export class Pins {
  constructor(private readonly ports: RoomPorts) {}

  /** Throws TrustError 'key-changed' for a member whose key is not the one that is known. */
  async compare(members: readonly Member[]): Promise<void> {
    const { self, directory, room, emit } = this.ports;
    const { username: mine, identity } = self.credentials;
    for (const { username, fingerprint } of members) {
      const pin = self.trust.find(self.serverName, username);
      if (username === mine || !pin || sameBytes(Buffer.from(pin.fingerprint, 'hex'), fingerprint)) continue;
      const { identity: key } = await directory.key(username, fingerprint);
      self.changed.set(username, key);
      const own = { username: mine, fingerprint: identity.public.fingerprint };
      emit({
        event: 'key-changed', with: username,
        old: safetyNumber(own, { username, fingerprint: Buffer.from(pin.fingerprint, 'hex') }),
        new: safetyNumber(own, { username, fingerprint }),
      });
      throw new TrustError('key-changed', `The key of ${username} in ${room} is not the one that is known: you take no part until you have approved it.`);
    }
  }

  /** They have shown that they have these keys: each is remembered, if none is. */
  pin(keys: ReadonlyMap<string, PublicIdentity>): void {
    const { self, room, emit } = this.ports;
    const since = new Date(self.clock.wall()).toISOString();
    for (const [username, { fingerprint }] of keys) {
      if (username === self.credentials.username || self.trust.find(self.serverName, username)) continue;
      const pin = { server: self.serverName, username, fingerprint: fingerprint.toString('hex'), compared: false, since };
      self.trust.put(pin).catch((error: Error) => emit({ event: 'warning', room, code: 'bad-file', text: error.message }));
    }
  }
}
