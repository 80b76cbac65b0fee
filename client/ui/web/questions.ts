import { UsageError } from '../../../common/errors.js';
import type { Question } from './model/model.js';

export interface Answer {
  readonly kind: Question['kind'];
  readonly secret: string;
}

interface Asked {
  readonly kind: Question['kind'];
  answer(secret: string): void;
  refuse(error: Error): void;
}

/** Asks the person on the page, one question at a time. What is answered is kept nowhere here. */
export class Questions {
  #asked: Asked | undefined;

  /** @param shown told what is to be asked on the page, or null for nothing any more */
  constructor(private readonly shown: (question: Question | null) => void) {}

  /** Throws UsageError 'interrupted' if the client ends before there is an answer. */
  ask(question: Question): Promise<string> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#asked = undefined;
        this.shown(null);
      };
      this.#asked = {
        kind: question.kind,
        answer: (secret) => (done(), resolve(secret)),
        refuse: (error) => (done(), reject(error)),
      };
      this.shown(question);
    });
  }

  /** @returns false where that is not asked: what one tab still gives may not become the answer to the next question */
  answer({ kind, secret }: Answer): boolean {
    if (this.#asked?.kind !== kind) return false;
    this.#asked.answer(secret);
    return true;
  }

  end(): void {
    this.#asked?.refuse(new UsageError('interrupted', 'Interrupted.'));
  }
}
