/** Files of the format pcap, as dumpcap writes them: IPv4 and TCP without a link layer under them (LINKTYPE_RAW). */

/** Bytes that one side of a connection sent at once. */
export interface Sent {
  readonly from: 'client' | 'server';
  readonly bytes: Buffer;
  /** Milliseconds since 1970; one more than the last packet's if left out. */
  readonly at?: number | undefined;
}

export interface Connection {
  readonly sent: readonly Sent[];
  readonly clientPort?: number;
  readonly serverPort?: number;
  /** The most bytes of one segment; 1460 if left out. */
  readonly mss?: number;
}

/** An IPv4 packet, and when it passed. */
export interface Packet {
  readonly at: number;
  readonly bytes: Buffer;
}

const FIN = 0x01;
const SYN = 0x02;
const PSH = 0x08;
const ACK = 0x10;
const START = Date.UTC(2024, 0, 1);
const IP_HEADER = 20;
const TCP_HEADER = 20;
const addresses = { client: Buffer.from([10, 0, 0, 1]), server: Buffer.from([10, 0, 0, 2]) } as const;

/** One's complement sum of 16-bit words (RFC 1071). */
export function internetChecksum(...parts: readonly Buffer[]): number {
  const bytes = Buffer.concat(parts);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt8(at) * 256 + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return 0xffff - sum;
}

/** All packets of one connection: three to open it, those with bytes, four to close it. */
export function packetsOf({ sent, clientPort = 40_000, serverPort = 8081, mss = 1460 }: Connection): Packet[] {
  const ports = { client: clientPort, server: serverPort };
  const sequence = { client: 0xffff_f000, server: 1_000 };
  const packets: Packet[] = [];
  let now = (sent[0]?.at ?? START) - 4;

  const send = (from: Sent['from'], flags: number, payload: Buffer = Buffer.alloc(0), at = now + 1): void => {
    const to = from === 'client' ? 'server' : 'client';
    now = at;
    const tcp = Buffer.alloc(TCP_HEADER);
    tcp.writeUInt16BE(ports[from], 0);
    tcp.writeUInt16BE(ports[to], 2);
    tcp.writeUInt32BE(sequence[from], 4);
    if (flags & ACK) tcp.writeUInt32BE(sequence[to], 8);
    tcp.writeUInt8((TCP_HEADER / 4) << 4, 12);
    tcp.writeUInt8(flags, 13);
    tcp.writeUInt16BE(0xffff, 14);
    const pseudo = Buffer.from([0, 6, 0, 0]);
    pseudo.writeUInt16BE(TCP_HEADER + payload.length, 2);
    tcp.writeUInt16BE(internetChecksum(addresses[from], addresses[to], pseudo, tcp, payload), 16);
    const ip = ipHeader(from, to, packets.length, TCP_HEADER + payload.length);
    packets.push({ at, bytes: Buffer.concat([ip, tcp, payload]) });
    const taken = payload.length + (flags & (SYN | FIN) ? 1 : 0);
    sequence[from] = (sequence[from] + taken) % 2 ** 32;
  };

  send('client', SYN);
  send('server', SYN | ACK);
  send('client', ACK);
  for (const { from, bytes, at } of sent) {
    for (let start = 0; start < bytes.length; start += mss) {
      send(from, PSH | ACK, bytes.subarray(start, start + mss), at);
    }
  }
  send('client', FIN | ACK);
  send('server', ACK);
  send('server', FIN | ACK);
  send('client', ACK);
  return packets;
}

function ipHeader(from: Sent['from'], to: Sent['from'], id: number, length: number): Buffer {
  const ip = Buffer.alloc(IP_HEADER);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(IP_HEADER + length, 2);
  ip.writeUInt16BE(id % 0x10000, 4);
  ip.writeUInt16BE(0x4000, 6);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(6, 9);
  addresses[from].copy(ip, 12);
  addresses[to].copy(ip, 16);
  ip.writeUInt16BE(internetChecksum(ip), 10);
  return ip;
}

/** @param snapLength packets are cut behind so many bytes, as by `tshark -s` */
export function pcap(packets: readonly Packet[], snapLength = 0x40000): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2_c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapLength, 16);
  header.writeUInt32LE(101, 20);
  return Buffer.concat([header, ...packets.flatMap(({ at, bytes }) => {
    const kept = bytes.subarray(0, snapLength);
    const head = Buffer.alloc(16);
    head.writeUInt32LE(Math.floor(at / 1000), 0);
    head.writeUInt32LE(Math.round((at % 1000) * 1000) % 1_000_000, 4);
    head.writeUInt32LE(kept.length, 8);
    head.writeUInt32LE(bytes.length, 12);
    return [head, kept];
  })]);
}
