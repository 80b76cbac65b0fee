import { Gate } from '../../../client/ui/web/gate.js';
import { readAnswer, readKey } from '../../../client/ui/web/posts.js';
import { jsonTokens, mutateJson } from '../json-mutations.js';
import { bytesOf, check, type Target } from '../target.js';

/** What a browser says to the page's server. */
const posts: Target = {
  name: 'messages of the page',
  covers: ['client/ui/web/posts.ts readKey', 'client/ui/web/posts.ts readAnswer'],
  errors: ['malformed'], inputs: 10_000, tokens: jsonTokens, max: 4_000, mutate: mutateJson,
  seeds: bytesOf('{"kind":"chat","name":"bob"}', '{"kind":"room","name":"kitchen"}', '{"kind":"password","secret":"open sesame"}'),
  run(input) {
    const text = input.toString('utf8');
    if (text.includes('secret')) {
      const { kind, secret } = readAnswer(text);
      check(['passphrase', 'password'].includes(kind) && typeof secret === 'string', 'an answer that is none');
      return 'answer';
    }
    const key = readKey(text);
    check(Object.keys(key).join() === 'kind,name' && ['chat', 'room'].includes(key.kind), 'a conversation that is none');
    return key.kind;
  },
};

const cookies: Target = {
  name: 'headers at the page',
  covers: ['client/ui/web/gate.ts Gate'],
  errors: [], inputs: 10_000, max: 2_000,
  seeds: bytesOf('messageapp=AAAA', 'a=b; messageapp=; messageapp=x', 'messageapp', '=; ;;'),
  tokens: bytesOf('messageapp=', ';', '; ', '=', ',', '\0', '"'),
  run(input) {
    const gate = new Gate(8_090);
    const given = gate.redeem(new URL(gate.address()).searchParams.get('token')!)!.split(';')[0]!;
    const cookie = input.toString('latin1');
    check(gate.browser({ cookie }) === undefined, 'let in');
    check(gate.redeem(cookie) === undefined, 'redeemed');
    const browser = gate.browser({ cookie: `${cookie}; ${given}` });
    check(browser !== undefined || cookie.split(';').length > 4, 'shut out');
    check(!gate.isOurs({ host: cookie }, 'GET') && !gate.isOurs({ host: '127.0.0.1:8090', origin: cookie }, 'POST'), 'another place');
  },
};

export const pageTargets: readonly Target[] = [posts, cookies];
