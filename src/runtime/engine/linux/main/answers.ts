// Waits until every worker has answered a question, by the question's number.

interface Question<Asked> {
  readonly left: Set<Asked>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Answers<Asked> {
  readonly #questions = new Map<number, Question<Asked>>();

  /** @param post is called once the answers are waited for @throws Error with what one of them said */
  ask(number: number, asked: readonly Asked[], post: () => void): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#questions.set(number, { left: new Set(asked), resolve, reject });
      post();
      this.#settle(number);
    });
  }

  /** @param reason why it could not do what it was asked for */
  answer(number: number, who: Asked, reason?: string): void {
    const question = this.#questions.get(number);
    if (question === undefined) return;
    question.left.delete(who);
    if (reason === undefined) this.#settle(number);
    else {
      this.#questions.delete(number);
      question.reject(new Error(reason));
    }
  }

  /** One that will not answer any more: whoever takes its place is told everything anew. */
  excuse(who: Asked): void {
    for (const [number, { left }] of [...this.#questions]) {
      if (left.delete(who)) this.#settle(number);
    }
  }

  /** Nobody is waited for any more. */
  fail(error: Error): void {
    const questions = [...this.#questions.values()];
    this.#questions.clear();
    for (const { reject } of questions) reject(error);
  }

  #settle(number: number): void {
    const question = this.#questions.get(number);
    if (question === undefined || question.left.size > 0) return;
    this.#questions.delete(number);
    question.resolve();
  }
}
