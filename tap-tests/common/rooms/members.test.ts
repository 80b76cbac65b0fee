import { test } from 'tap';
import { sha256 } from '../../../common/crypto/node.js';
import { checkMembers, memberOf, type Members, membersAfter } from '../../../common/rooms/members.js';
import { type Action, actions, type UnsignedChange } from '../../../common/wire/room-change.js';

const party = (username: string, key = username) => ({ username, fingerprint: sha256(key) });
const member = (username: string, admin = 0) => ({ ...party(username), admin });
const refused = (message: RegExp) => ({ name: 'WireError', code: 'malformed', message });

const list: Members = [member('alice', 1), member('bob'), member('user3', 1)];
const after = (action: Action, author: string, target: string, before = list) =>
  membersAfter(before, party(author), action, party(target)).map(({ username, admin }) => `${username}${admin ? '*' : ''}`);

test('what follows from each action', async (t) => {
  t.same(after('make', 'bob', 'bob', []), ['bob*']);
  t.same(after('add', 'bob', 'user4'), ['alice*', 'bob', 'user3*', 'user4'], 'anybody adds, behind all others');
  t.same(after('leave', 'bob', 'bob'), ['alice*', 'user3*']);
  t.same(after('leave', 'alice', 'alice'), ['bob', 'user3*'], 'an admin is left');
  t.same(after('remove', 'alice', 'bob'), ['alice*', 'user3*']);
  t.same(after('remove', 'user3', 'alice'), ['bob', 'user3*'], 'admins remove admins');
  t.same(after('admin', 'user3', 'bob'), ['alice*', 'bob*', 'user3*']);
  t.same(after('leave', 'alice', 'alice', [member('alice', 1)]), [], 'the last one ends the room');
});

test('members without an admin: the first becomes one', async (t) => {
  t.same(after('leave', 'bob', 'bob', [member('alice'), member('bob', 1), member('user3')]), ['alice*', 'user3']);
});

test('the others keep their keys, and the list before is not touched', async (t) => {
  const before = JSON.stringify(list);
  const due = membersAfter(list, party('alice'), 'add', party('user4'));
  for (const { username } of list) t.same(memberOf(due, username)?.fingerprint, sha256(username));
  t.same(memberOf(due, 'user4')?.fingerprint, sha256('user4'));
  membersAfter(list, party('alice'), 'admin', party('bob'));
  t.equal(JSON.stringify(list), before);
});

const many = Array.from({ length: 64 }, (_, at) => member(`user${at}`, Number(at === 0)));

test('64 are the most', async (t) => {
  t.equal(membersAfter(many.slice(0, 63), party('user0'), 'add', party('user63')).length, 64);
  t.throws(() => membersAfter(many, party('user0'), 'add', party('user64')), refused(/64 members/));
  t.equal(membersAfter(many, party('user0'), 'remove', party('user63')).length, 63, 'they can be removed');
});

const cases: [why: string, action: Action, author: ReturnType<typeof party>, target: ReturnType<typeof party>, message: RegExp][] = [
  ['no member adds', 'add', party('user9'), party('user4'), /author is not a member/],
  ['a member with another key adds', 'add', party('bob', 'mallory'), party('user4'), /author is not a member/],
  ['the key of one member under the name of another', 'add', party('bob', 'alice'), party('user4'), /author is not a member/],
  ['a member again', 'add', party('alice'), party('bob'), /is a member/],
  ['a name that is there, with another key', 'add', party('alice'), party('bob', 'mallory'), /is a member/],
  ['a key that is there, under another name', 'add', party('alice'), party('user4', 'bob'), /is a member/],
  ['oneself', 'add', party('alice'), party('alice'), /is a member/],
  ['no member leaves', 'leave', party('user9'), party('user9'), /author is not a member/],
  ['a leave of another, by an admin', 'leave', party('alice'), party('bob'), /may not do that/],
  ['a leave of another, by a member', 'leave', party('bob'), party('alice'), /may not do that/],
  ['a leave under another key', 'leave', party('bob'), party('bob', 'mallory'), /not a member with this key/],
  ['a member removes', 'remove', party('bob'), party('user3'), /may not do that/],
  ['a member removes an admin', 'remove', party('bob'), party('alice'), /may not do that/],
  ['no member removes', 'remove', party('user9'), party('bob'), /author is not a member/],
  ['no member is removed', 'remove', party('alice'), party('user9'), /not a member with this key/],
  ['a member under another key is removed', 'remove', party('alice'), party('bob', 'mallory'), /not a member with this key/],
  ['oneself removed', 'remove', party('alice'), party('alice'), /nobody removes himself/],
  ['a member makes an admin', 'admin', party('bob'), party('bob'), /may not do that/],
  ['no member makes an admin', 'admin', party('user9'), party('bob'), /author is not a member/],
  ['no member becomes an admin', 'admin', party('alice'), party('user9'), /not a member with this key/],
  ['an admin again', 'admin', party('alice'), party('user3'), /is an admin/],
  ['oneself, who is an admin', 'admin', party('alice'), party('alice'), /is an admin/],
];

for (const [why, action, author, target, message] of cases) {
  test(`refused: ${action}, ${why}`, async (t) => {
    t.throws(() => membersAfter(list, author, action, target), refused(message));
  });
}

function said(action: Action, author: ReturnType<typeof party>, target: ReturnType<typeof party>, members: Members): UnsignedChange {
  return {
    number: action === 'make' ? 0 : 1, previous: Buffer.alloc(32), author: author.username, authorKey: author.fingerprint, action: actions[action],
    target: target.username, targetKey: target.fingerprint, members,
  };
}

test('a change says exactly the list that follows', async (t) => {
  const [alice, user4] = [party('alice'), party('user4')];
  const due = membersAfter(list, alice, 'add', user4);
  t.doesNotThrow(() => checkMembers(list, said('add', alice, user4, due)));
  const lies: Record<string, Members> = {
    'nobody more': list,
    'one hidden': due.filter(({ username }) => username !== 'bob'),
    'one more': [...due, member('user5')],
    'one twice': [...due, due[1]!],
    'another order': [due[1]!, due[0]!, ...due.slice(2)],
    'the new one in front': [due[3]!, ...due.slice(0, 3)],
    'the new one as an admin': due.map((each) => ({ ...each, admin: each.username === 'user4' ? 1 : each.admin })),
    'the author as no admin': due.map((each) => ({ ...each, admin: each.username === 'alice' ? 0 : each.admin })),
    'another key for one who was there': due.map((each) => (each.username === 'bob' ? { ...each, fingerprint: sha256('mallory') } : each)),
    'another key for the new one': due.map((each) => (each.username === 'user4' ? { ...each, fingerprint: sha256('mallory') } : each)),
    'another name': due.map((each) => (each.username === 'bob' ? { ...each, username: 'bab' } : each)),
    nobody: [],
  };
  for (const [why, members] of Object.entries(lies)) {
    t.throws(() => checkMembers(list, said('add', alice, user4, members)), refused(/not the one that follows/), why);
  }
});

test('a make is of oneself, alone, as admin, and where there is nothing', async (t) => {
  const alice = party('alice');
  const own = [member('alice', 1)];
  t.doesNotThrow(() => checkMembers([], said('make', alice, alice, own)));
  t.throws(() => checkMembers([], said('make', alice, party('bob'), own)), refused(/somebody else/));
  t.throws(() => checkMembers([], said('make', alice, party('alice', 'mallory'), own)), refused(/somebody else/));
  t.throws(() => checkMembers([], said('make', alice, alice, [member('alice')])), refused(/not the one that follows/), 'no admin');
  t.throws(() => checkMembers([], said('make', alice, alice, [...own, member('bob')])), refused(/not the one that follows/), 'not alone');
  t.throws(() => checkMembers(list, said('make', alice, alice, own)), refused(/./), 'a member takes the room for himself');
  t.throws(() => checkMembers(list, said('make', party('user9'), party('user9'), [member('user9', 1)])), refused(/./), 'and so does a stranger');
});

test('an empty list: nobody does anything but make', async (t) => {
  for (const action of ['add', 'leave', 'remove', 'admin'] as const) {
    t.throws(() => membersAfter([], party('alice'), action, party('alice')), refused(/author is not a member/), action);
  }
});
