/** What a line is, as far as its look goes. */
export type Tone =
  | 'plain' | 'quiet' | 'strong' | 'good' | 'warning' | 'bad' | 'alarm'
  | 'own' | 'peer-1' | 'peer-2' | 'peer-3' | 'peer-4';

export type Paint = (tone: Tone, text: string) => string;

/** SGR parameters. Red and yellow are for what is wrong: nobody speaks in them. */
const sgr: Readonly<Record<Exclude<Tone, 'plain'>, string>> = {
  quiet: '2',
  strong: '1',
  good: '32',
  warning: '33',
  bad: '31',
  alarm: '1;97;41',
  own: '1',
  'peer-1': '1;36',
  'peer-2': '1;35',
  'peer-3': '1;34',
  'peer-4': '1;32',
};

const peerTones: readonly Tone[] = ['peer-1', 'peer-2', 'peer-3', 'peer-4'];

/** Colours come behind everything else: what is painted is text that is safe already. */
export function palette(colour: boolean): Paint {
  if (!colour) return (_tone, text) => text;
  return (tone, text) => (tone === 'plain' || text === '' ? text : `\x1b[${sgr[tone]}m${text}\x1b[0m`);
}

/** The same name speaks in the same colour in every session. */
export function toneOf(name: string): Tone {
  const sum = [...name].reduce((total, character) => total + character.codePointAt(0)!, 0);
  return peerTones[sum % peerTones.length]!;
}
