import { test } from 'tap';
import { PlayedModel } from '../../../../support/played-model.js';
import { type Actor, Scene } from '../../../../support/scene.js';
import { until } from '../../../../support/until.js';
import type { Command } from '../../../../../client/engine/protocol.js';
import { emptyModel } from '../../../../../client/ui/web/model/model.js';

/** An engine, and the page that is fed by it as the page's face does. */
function page(actor: Actor) {
  const played = new PlayedModel(emptyModel(actor.name));
  played.play(...actor.events);
  actor.engine.listen((event) => played.play(event));
  const act = (command: Command) => {
    played.play({ did: command });
    actor.do(command);
  };
  return { played, act };
}

test('what real engines say makes the page that a person expects', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  const [alice, bob] = [page(await scene.logIn('alice')), page(await scene.logIn('bob'))];
  const atAlice = () => alice.played.chat('bob');
  const atBob = () => bob.played.chat('alice');
  t.match(alice.played.model, { state: 'online', me: { server: { name: '127.0.0.1' } } });

  alice.act({ do: 'chat', with: 'bob' });
  t.equal(atAlice().phase, 'calling');
  await until('a request', () => bob.played.order.includes('alice'));
  t.match(atBob(), { phase: 'request', unread: 1 });
  bob.act({ do: 'accept', with: 'alice' });
  await until('a chat', () => atAlice().phase === 'open' && atBob().phase === 'open');
  t.match(atAlice(), { trust: 'first-use', compared: false, suite: 'x25519', safetyNumber: atBob().safetyNumber });

  alice.act({ do: 'say', with: 'bob', text: 'hello', id: 'a1' });
  t.match(alice.played.texts(atAlice()), [{ text: 'hello', mine: true, from: 'alice', mark: /waiting|sent/ }]);
  await until('the text', () => alice.played.texts(atAlice())[0]!.mark === 'delivered');
  t.match(bob.played.texts(atBob()), [{ text: 'hello', mine: false, from: 'alice' }]);
  t.equal(atBob().unread, 2);
  alice.act({ do: 'say', with: 'bob', text: 'x'.repeat(70_000), id: 'a2' });
  t.match(alice.played.texts(atAlice())[1], { mark: 'not-sent', why: /^A text has at most/ });

  alice.act({ do: 'sign', with: 'bob' });
  await until('the proposal', () => atBob().signing === 'request');
  t.equal(atAlice().signing, 'proposed');
  bob.act({ do: 'sign', with: 'alice' });
  await until('the agreement', () => atAlice().signing === 'yes' && atBob().signing === 'yes');
  alice.act({ do: 'say', with: 'bob', text: 'signed', id: 'a3' });
  await until('the signed text', () => alice.played.texts(atAlice())[2]!.mark === 'delivered');
  t.equal(bob.played.texts(atBob()).at(-1)!.signed, true);
  t.equal(alice.played.texts(atAlice())[2]!.signed, true);

  alice.act({ do: 'compared', with: 'bob' });
  await until('the comparison', () => atAlice().compared);
  t.equal(alice.played.lines(atAlice()).at(-1), 'good: You have compared the safety number with bob.');
  alice.act({ do: 'list' });
  await until('the list', () => alice.played.model.people.length > 0);
  t.same(alice.played.model.people, [{ name: 'bob', inChat: true }]);

  alice.act({ do: 'leave', with: 'bob' });
  await until('the end', () => atAlice().phase === 'idle' && atBob().phase === 'idle');
  t.equal(alice.played.lines(atAlice()).at(-1), 'plain: You have left the chat.');
  t.equal(bob.played.lines(atBob()).at(-1), 'plain: alice has left the chat.');
  t.same(alice.played.texts(atAlice()).map(({ mark }) => mark), ['delivered', 'not-sent', 'delivered']);
});

test('the server is started anew: what was open is offered, and open again; so is a room', async (t) => {
  const scene = await Scene.open(t.testdir());
  t.teardown(() => scene.close());
  const [one, other] = await scene.chat();
  const alice = page(one);
  alice.act({ do: 'join', room: 'den' });
  await until('the room', () => alice.played.room().phase === 'in');
  // Whoever is asked first agrees; where both offer at once, that is agreed already.
  other.engine.listen((event) => {
    if (event.event === 'request') other.do({ do: 'accept', with: event.with });
  });
  await scene.restart();
  await until('the loss', () => alice.played.model.state === 'lost');
  t.equal(alice.played.chat().phase, 'offered');
  t.equal(alice.played.room().phase, 'lost');
  await until('the chat again', () => alice.played.chat().phase === 'open');
  await until('the room again', () => alice.played.room().phase === 'in');
  t.equal(alice.played.model.state, 'online');
});
