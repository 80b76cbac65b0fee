/**
 * Every limit of the protocol with its reason (docs/PROTOCOL.md part 6). Those in `relayLimits` are options of the
 * server; the others are part of the wire or of what a client does by itself.
 */

/** A power of two and a page: one cell is one write, and no length but a number of cells is seen from outside. */
export const CELL = 4096;

/** Magic, version, type, length: what a handshake cell has before its body. */
export const CELL_HEADER = 8;
export const CELL_BODY_MAX = CELL - CELL_HEADER;

/** 64 KiB a record: enough for a long text, little enough to hold one a connection in memory. */
export const RECORD_CELLS_MAX = 16;

/** Own certificate and issuers. A chain deeper than this is a mistake or an attack. */
export const CERTIFICATES_MAX = 8;

/** A certificate has to fit in one cell with everything else of M2. */
export const CERTIFICATE_BYTES_MAX = 3500;

/** SPKI of RSA-4096 is 550 bytes. */
export const PUBLIC_KEY_BYTES_MAX = 600;

/** A signature of RSA-4096. */
export const SIGNATURE_BYTES_MAX = 512;

export const PING_BYTES_MAX = 32;

/** Lines of one `list` answer: 256 names of 16 characters and their marks fit in two cells. */
export const LIST_LINES_MAX = 256;

/** Text of an `erro`: a sentence. */
export const ERROR_TEXT_MAX = 512;

/** 2^20 records under one key of the outer layer: far below the 2^32 at which GCM needs care, and seldom. */
export const RECORDS_PER_KEY = 1n << 20n;

/** Accounts (docs/PROTOCOL.md part 12): a password fits in one cell with all else of a registration. */
export const PASSWORD_BYTES_MAX = 200;

/** What a server may be told to do otherwise; times in milliseconds. */
export interface RelayLimits {
  /** From connecting to M1: one round trip and a slow line. */
  readonly helloMs: number;
  /** From M2 to M3: the client may have to ask for nothing more. */
  readonly proofMs: number;
  /** A login that fails is answered this long after M3, so that no reason can be told from another. */
  readonly refusalMs: number;
  /** Without a complete record for so long the server pings; for so long again, it closes. */
  readonly silenceMs: number;
  /** Without a command or a `frwd` sent or delivered. */
  readonly idleMs: number;
  /** An old connection has so long to answer when its user logs in anew. */
  readonly takeoverMs: number;
  readonly ringMs: number;
  /** After a refusal the caller waits before it may call the same user again. */
  readonly refusedMs: number;
  /** Messages a user may send in any window of `rateWindowMs`. */
  readonly rateMessages: number;
  readonly rateWindowMs: number;
  /** Cells that may wait unopened on one connection; beyond them nothing more is read from it. */
  readonly waitingCells: number;
  readonly connectionsPerAddress: number;
  /** New connections a second and address, and how many may come at once after a quiet time. */
  readonly connectRate: number;
  readonly connectBurst: number;
  readonly handshakesPerAddress: number;
  readonly handshakes: number;
  readonly conversationsPerUser: number;
  readonly outgoingCalls: number;
  readonly incomingCalls: number;
  /** Cells queued for one receiver; one conversation may hold half of them. */
  readonly queueCells: number;
  readonly allQueuesCells: number;
  /** A receiver that takes no byte for so long is closed. */
  readonly stalledMs: number;
  /** RSA keys kept ready. */
  readonly poolKeys: number;
  readonly rooms: number;
  readonly roomsPerUser: number;
  /** Changes of one author in any window of `changesWindowMs`, over all rooms. */
  readonly changes: number;
  readonly changesWindowMs: number;
  /** Whoever is out of a room is not added to it again for so long: each time costs all others a round. */
  readonly readdMs: number;
  /** After a `knoc` the same name is not told again to the same room for so long. */
  readonly knockMs: number;
  /** To answer the question for the password, or to be registered: a person types. */
  readonly passwordMs: number;
  /** Tries to register, of one address in an hour. */
  readonly registrations: number;
}

export const relayLimits: RelayLimits = {
  helloMs: 5_000,
  proofMs: 10_000,
  refusalMs: 250,
  silenceMs: 60_000,
  idleMs: 30 * 60_000,
  takeoverMs: 5_000,
  ringMs: 60_000,
  refusedMs: 30_000,
  rateMessages: 20,
  rateWindowMs: 5_000,
  waitingCells: 64,
  connectionsPerAddress: 64,
  connectRate: 5,
  connectBurst: 64,
  handshakesPerAddress: 16,
  handshakes: 1_024,
  conversationsPerUser: 64,
  outgoingCalls: 16,
  incomingCalls: 64,
  queueCells: 256,
  allQueuesCells: 65_536,
  stalledMs: 30_000,
  poolKeys: 64,
  rooms: 1_000,
  roomsPerUser: 16,
  changes: 20,
  changesWindowMs: 10_000,
  readdMs: 10_000,
  knockMs: 30_000,
  passwordMs: 60_000,
  registrations: 20,
};

/** An ephemeral RSA key that has to serve several handshakes does so for this long from its first use. */
export const SHARED_KEY_MS = 10_000;

/** From `pubk` to the other's first end-to-end record. */
export const EXCHANGE_MS = 30_000;

/** Texts of one conversation that may be without a receipt. */
export const UNRECEIPTED_MAX = 64;

/** A text that took longer than the fastest record of its direction by this much is discarded. */
export const LATE_MS = 60_000;

/** Receipts are gathered for about a second, so that a chat costs one record each way and not two. */
export const RECEIPT_MS = 1_000;

/** Signed conversations (docs/PROTOCOL.md part 11): a signed receipt after so many texts that were shown. */
export const RECEIPT_TEXTS = 20;

/** Renewal of a conversation's keys: when the caller starts it, and when the lack of it ends the conversation. */
export const RENEW_RECORDS = 1_000;
export const RENEW_MS = 30 * 60_000;
export const RENEW_RECORDS_MAX = 2_000;
export const RENEW_MS_MAX = 60 * 60_000;
export const RENEW_ANSWER_MS = 60_000;

/** Rooms (docs/PROTOCOL.md part 10): a list of 64 members fits in one cell with a change. */
export const ROOM_MEMBERS_MAX = 64;

/** Changes that a relay keeps of a room, for whoever was away. */
export const ROOM_CHANGES_KEPT = 128;
export const ROOM_KEPT_BYTES = 128 * 1024;

/** A leader begins so late after what makes a round due, so that several joins make one. */
export const ROOM_GATHER_MS = 50;

/** What a leader waits for: answers, contributions, tags. */
export const ROOM_STEP_MS = 10_000;

/** From a start to its done. */
export const ROOM_ROUND_MS = 35_000;

/** A candidate waits so long for each one before it. */
export const ROOM_CANDIDATE_MS = 12_000;

/** Texts of an epoch and its age: when the next one is due, and when nobody says anything in it any more. */
export const ROOM_TEXTS = 1_000;
export const ROOM_EPOCH_MS = 30 * 60_000;
export const ROOM_TEXTS_MAX = 2_000;
export const ROOM_EPOCH_MS_MAX = 60 * 60_000;

/** Receipts of a room are gathered for 1 s and so much more for each participant. */
export const ROOM_RECEIPT_MS = 100;

/** Receipts under the keys of an epoch that has ended are taken for so long. */
export const ROOM_LAST_WORDS_MS = 10_000;
