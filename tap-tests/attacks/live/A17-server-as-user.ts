import { type Attack, NotTried, Verdict } from './attack.js';
import { refused } from './outcomes.js';

export const serverAsUser: Attack = {
  row: 'A17',
  title: "the server's own certificate used as a user's",
  async run(field) {
    const { serverPair, insiders: [alice] } = field;
    if (!serverPair) throw new NotTried("the server's private key is not at hand");
    const verdict = new Verdict();
    const { name, person, certificates } = serverPair;
    await Promise.all([
      refused(field, verdict, `as ${name}`, name, { person, certificates }),
      refused(field, verdict, `as ${name}, without the certificate`, name, { person }),
      refused(field, verdict, `as ${alice.name}`, alice.name, { person, certificates }),
    ]);
    return verdict.finding(`3 logins with the server's key: as ${name} and as a user, with its certificate and without`,
      'each refused with 3');
  },
};
