/** Lets only so many tasks of one subject run at a time; the others wait in line. */
export class Lines {
  private readonly lines = new Map<string, { running: number; waiting: (() => void)[] }>();

  /** @param width how many tasks of a subject run at a time */
  constructor(private readonly width: number) {}

  async run<T>(subject: string, task: () => Promise<T>): Promise<T> {
    const line = this.lines.get(subject) ?? { running: 0, waiting: [] };
    this.lines.set(subject, line);
    if (line.running < this.width) line.running += 1;
    // Whoever ends hands its place on.
    else await new Promise<void>((resolve) => line.waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = line.waiting.shift();
      if (next) next();
      else if (line.running > 1) line.running -= 1;
      else this.lines.delete(subject);
    }
  }
}
