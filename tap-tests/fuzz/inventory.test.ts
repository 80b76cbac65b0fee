import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import * as accounts from '../../common/wire/account-commands.js';
import * as bodies from '../../common/wire/bodies.js';
import * as commands from '../../common/wire/commands.js';
import * as changes from '../../common/wire/room-change.js';
import * as rounds from '../../common/wire/room-round.js';
import { ROOT } from '../support/root.js';
import { regressions } from './regressions.js';
import { tried } from './targets/codecs.js';
import { targets } from './targets.js';

/** Who writes a new reader finds out here that nothing tries it yet. */
const NAMES = /^(read|parse|unpack|decode|is|check|verify|complete|closest|dispatch|unsigned)(?![a-z])/;
const EXPORTS = /^export (?:async )?(?:function|const) (\w+)(.*)$/gm;

/** Readers by their name, and why no target is theirs. */
const others: Readonly<Record<string, string>> = {
  'client/credentials.ts readCertificates': 'certificates in PEM are tried',
  'client/credentials.ts readCredentials': 'the files that it reads are tried',
  'client/engine/retry.ts isPassing': 'takes an error of this program',
  'client/engine/retry.ts isSystemError': 'takes an error of this program',
  'client/engine/room-protocol.ts isRoomCommand': 'takes a command that was read',
  'client/engine/room-protocol.ts isRoomEvent': 'takes an event of the engine',
  'client/engine/rooms/candidates.ts isDue': 'takes what the engine knows of a room',
  'client/ui/terminal/io.ts isInteractive': 'takes streams',
  'client/ui/web/files.ts readPage': 'reads files of this program',
  'client/ui/web/model/model.ts isSame': 'takes keys that were read',
  'client/ui/web/model/names.ts isName': 'isUsername is tried; this is for what is shown',
  'common/bytes/codec.ts decode': 'every codec is tried with it',
  'common/bytes/der.ts readOnly': 'certificates and keys are read with it',
  'common/crypto/node.ts readPrivatePem': 'private keys are read with it',
  'common/crypto/node.ts verify': 'public keys are tried with it',
  'common/crypto/node.ts verifyPkcs1': 'certificates are tried with it',
  'common/crypto/ratchet.ts readCounter': 'takes any 16 bytes',
  'common/files/bounded-read.ts readBounded': 'every file is read with it',
  'common/files/enrolment.ts checkNewNameIn': 'checkNewName is tried',
  'common/files/invitations.ts isInvitation': 'readCode is tried',
  'common/files/password-file.ts readPasswords': 'parsePassword is tried',
  'common/wire/bodies.ts isRefusalCode': 'takes a number',
  'common/wire/cell.ts isZero': 'cells and contents are read with it',
  'keys/authority.ts readAuthority': 'certificates in PEM are tried',
  'keys/openssl.ts checkOpenssl': 'asks for a version',
  'server/material.ts readMaterial': 'the files that it reads are tried',
};

const sourceOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const files = ['common', 'client', 'server', 'keys'].flatMap((layer) =>
  readdirSync(join(ROOT, layer), { recursive: true, encoding: 'utf8' }).map((name) => `${layer}/${name}`));

const exported = files.filter((file) => file.endsWith('.ts')).flatMap((file) =>
  [...sourceOf(file).matchAll(EXPORTS)]
    .filter(([, , rest]) => /[(:=]/.test(rest!))
    .map(([, name]) => `${file} ${name}`));

const readers = exported.filter((each) => NAMES.test(each.split(' ')[1]!));
const covered = new Set(targets.flatMap(({ covers }) => covers));

test('every reader is tried, or says why not', async (t) => {
  t.ok(readers.length > 45, 'there are readers');
  for (const reader of readers) t.ok(covered.has(reader) || Object.hasOwn(others, reader), reader);
});

test('what is said to be tried is there', async (t) => {
  for (const each of [...covered, ...Object.keys(others)]) {
    const [file, name] = each.split(' ') as [string, string];
    const isThere = existsSync(join(ROOT, file)) && new RegExp(`^export .*\\b${name}\\b`, 'm').test(sourceOf(file));
    t.ok(isThere, each);
  }
});

const isCodec = (value: unknown): boolean => typeof (value as { read?: unknown } | null)?.read === 'function';

test('every codec of bodies, commands and rooms is tried', async (t) => {
  const modules = [accounts, bodies, commands, commands.clientCommands, commands.serverCommands, changes, rounds];
  const codecs = modules.flatMap((each) => Object.entries(each)).filter(([, value]) => isCodec(value));
  t.ok(codecs.length > 25);
  for (const [name, codec] of codecs) t.ok(tried.has(codec as never), name);
});

test('regressions are of targets that there are', async (t) => {
  for (const [name, input] of regressions) {
    t.ok(targets.some((target) => target.name === name), name);
    t.match(input, /^([0-9a-f]{2})*$/);
  }
});
