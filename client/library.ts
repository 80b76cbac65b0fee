/** What `import … from 'messageapp/client'` gives: the engine, and what it needs to be started. */
export { systemClock, type Clock } from '../common/clock.js';
export { parseCertificate, readCertificatesPem, type Certificate } from '../common/crypto/certificate.js';
export { privateIdentity, publicIdentity, type Identity, type PublicIdentity } from '../common/crypto/identity.js';
export { safetyNumber } from '../common/crypto/safety-number.js';
export { rsaSuite, x25519Suite, type Suite } from '../common/crypto/suite.js';
export * from '../common/errors.js';
export { readPrivateKey } from '../common/files/private-key.js';
export { dial } from './engine/dial.js';
export { Engine, type EngineOptions } from './engine/engine.js';
export type { Credentials } from './engine/login.js';
export type { ChatCommand, ChatEvent, Command, Event, ExitStatus, LeftReason, Role, ServerInfo, Trust } from './engine/protocol.js';
export { isRoomCommand, isRoomEvent, type RoomCommand, type RoomEvent, type RoomMember } from './engine/room-protocol.js';
export { TranscriptCheck } from './verify/check.js';
export { TrustStore, type Pin } from './engine/trust-store.js';
