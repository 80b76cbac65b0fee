/** Every label and context string of the protocol (docs/PROTOCOL.md), so that no two uses can share one by mistake. */
export const labels = {
  /** t0 of a login, part 2. */
  login: 'MessageApp/2 login',
  /** t0 of an exchange between peers, part 5. */
  chat: 'MessageApp/2 chat',
  /** t0 of a renewal, part 5. */
  renewal: 'MessageApp/2 renewal',
  /** What the signature of M2, P2 and type 17 is over, part 2. */
  signedByResponder: 'MessageApp/2 responder',
  /** What the signature of M3, P3 and type 18 is over, part 2. */
  signedByInitiator: 'MessageApp/2 initiator',
  /** HKDF-Expand of PRK, parts 3 and 5. */
  initiatorToResponder: 'MessageApp/2 initiator to responder',
  responderToInitiator: 'MessageApp/2 responder to initiator',
  renewalSecret: 'MessageApp/2 renewal',
  /** HKDF-Expand of a record key, part 3. */
  keyUpdate: 'MessageApp/2 key update',
  /** HKDF-Expand of a record key behind `pass`, part 12. */
  password: 'MessageApp/2 password',
  /** HKDF-Expand of the two names and fingerprints, part 5. */
  safetyNumber: 'MessageApp/2 safety number',
  /** Rooms, part 10: what signatures are over, what hashes begin with, and HKDF-Expand of an epoch's PRK. */
  roomChange: 'MessageApp/2 room change',
  roomExchange: 'MessageApp/2 room exchange',
  roomCommitment: 'MessageApp/2 room commitment',
  roomContribution: 'MessageApp/2 room contribution',
  roomEpoch: 'MessageApp/2 room epoch',
  roomSender: 'MessageApp/2 room sender',
  roomConfirmation: 'MessageApp/2 room confirmation',
  roomNumber: 'MessageApp/2 room number',
  roomMessage: 'MessageApp/2 room message',
  /** Signed conversations, part 11: what hashes begin with, and what signatures are over. */
  signedConversation: 'MessageApp/2 signed conversation',
  signedText: 'MessageApp/2 signed text',
  signedReceipt: 'MessageApp/2 signed receipt',
  /** What the signature of the list of revoked users is over, Certificates. */
  revokedUsers: 'MessageApp/2 revoked users',
} as const;

/** The first 12 bytes of an end-to-end record, part 5. */
export const END_TO_END_MAGIC = 'MessageAppV2';

/** The text of the receiver's record 0, part 5. */
export const SECURE_TEXT = 'CHAT IS SECURE!';

/** The text of `welc`, part 4. */
export const WELCOME_TEXT = 'User Login Complete!';
