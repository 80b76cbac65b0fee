import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { childOptions, serve } from './child-side.js';
import { EVERYONE, Frames, frameWriter, type FrameWriter, RECEIVER } from './tls-frames.js';

export interface TlsOptions {
  /** PEM files. */
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
  /** False: each frame is written on as it comes. True: in runs to one receiver, and once a turn of the event loop. */
  readonly gathers: boolean;
}

/**
 * A relay that does the same over mutual TLS 1.3: whoever has a certificate is greeted with a frame, says its
 * number in the head of its first one, and gets it back; each frame goes, as it is, to the member that its
 * head names, or to all others.
 */
const { certificate, key, authority, gathers } = childOptions<TlsOptions>();
const greeting = Frames.greeting();
const everyone = EVERYONE.toString('latin1');
const members = new Map<string, FrameWriter>();

function take(socket: TLSSocket): void {
  const own = frameWriter(socket, gathers);
  const frames = new Frames();
  let number: string | undefined;
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    for (const run of gathers ? frames.runs(chunk) : frames.each(chunk)) {
      const named = run.toString('latin1', 0, RECEIVER);
      if (number === undefined) members.set((number = named), own);
      if (named === everyone) broadcast(own, run);
      else members.get(named)?.write(run);
    }
  });
  socket.on('close', () => {
    if (number !== undefined) members.delete(number);
  });
  if (commonName(socket) === undefined) return void socket.destroy();
  own.write(greeting);
}

function broadcast(from: FrameWriter, run: Buffer): void {
  for (const each of members.values()) if (each !== from) each.write(run);
}

/** Whom a relay would look up: the name in the certificate that the handshake has verified. */
const commonName = (socket: TLSSocket): string | undefined =>
  /^CN=(.+)$/m.exec(socket.getPeerX509Certificate()?.subject ?? '')?.[1];

const server = createServer({
  cert: readFileSync(certificate), key: readFileSync(key), ca: readFileSync(authority),
  requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3', noDelay: true,
}, take);
server.on('tlsClientError', () => undefined);
server.listen(0, '127.0.0.1', () => serve((server.address() as AddressInfo).port));
