/** Works one after the other, whatever becomes of each, until no more are taken. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  private isOver = false;

  take<T>(work: () => Promise<T>): Promise<T> {
    if (this.isOver) return Promise.reject(new Error("closed"));
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }

  /** Takes no more; done when the last has ended. */
  end(): Promise<unknown> {
    this.isOver = true;
    return this.last;
  }
}
