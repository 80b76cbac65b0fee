import { UsageError } from '../../../common/errors.js';
import type { Question } from './model/model.js';

/** Asks the person on the page, one question at a time. What is answered is kept nowhere here. */
export class Questions {
  #answer: ((secret: string) => void) | undefined;
  #refuse: ((error: Error) => void) | undefined;

  /** @param shown told what is to be asked on the page, or null for nothing any more */
  constructor(private readonly shown: (question: Question | null) => void) {}

  /** Throws UsageError 'interrupted' if the client ends before there is an answer. */
  ask(question: Question): Promise<string> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#answer = undefined;
        this.#refuse = undefined;
        this.shown(null);
      };
      this.#answer = (secret) => (done(), resolve(secret));
      this.#refuse = (error) => (done(), reject(error));
      this.shown(question);
    });
  }

  /** @returns false where nothing is asked */
  answer(secret: string): boolean {
    if (!this.#answer) return false;
    this.#answer(secret);
    return true;
  }

  end(): void {
    this.#refuse?.(new UsageError('interrupted', 'Interrupted.'));
  }
}
