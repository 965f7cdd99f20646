/** Names of the fields in which answers and requests carry something that must not be kept in the clear. */
const SECRET_FIELDS = new Set([
  'access_token',
  'accessToken',
  'apisecret',
  'challenge',
  'confirmation',
  'fullKey',
  'password',
  'recoveryCode',
  'secret',
  'SERVICE_ID',
  'token',
]);

/** A secret is at least this long; a shorter text may stand somewhere by chance. */
const MIN_LENGTH = 12;

/** Texts are searched by blocks of this length, which begin at multiples of the stride: one of them lies within each secret. */
const BLOCK = 6;
const STRIDE = MIN_LENGTH - BLOCK + 1;

/** Every secret that went over the wire. */
export class SecretsSeen {
  private readonly secrets = new Set<string>();
  /** Which secrets have a block, and where. */
  private readonly blocks = new Map<string, { secret: string; at: number }[]>();

  add(secret: string): void {
    if (secret.length < MIN_LENGTH || this.secrets.has(secret)) return;
    this.secrets.add(secret);
    // Of the end: tokens begin alike.
    for (let at = secret.length - MIN_LENGTH; at <= secret.length - BLOCK; at += 1) {
      const block = secret.slice(at, at + BLOCK);
      this.blocks.set(block, [...(this.blocks.get(block) ?? []), { secret, at }]);
    }
  }

  collect(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, item] of Object.entries(value)) {
      if (name === 'recoveryCodes' && Array.isArray(item)) for (const code of item) this.add(String(code));
      else if (typeof item !== 'string') this.collect(item);
      else if (SECRET_FIELDS.has(name)) this.add(item);
      else if (name === 'uri') this.add(new URL(item).searchParams.get('secret') ?? '');
      else if (name === 'signupLink') this.add(new URL(item).searchParams.get('token') ?? '');
    }
  }

  /** Those that stand in a text, in one pass over it. */
  foundIn(text: string): string[] {
    const found = new Set<string>();
    for (let start = 0; start < text.length; start += STRIDE)
      for (const { secret, at } of this.blocks.get(text.slice(start, start + BLOCK)) ?? [])
        if (text.startsWith(secret, start - at)) found.add(secret);
    return [...found];
  }

  clear(): void {
    this.secrets.clear();
    this.blocks.clear();
  }

  get count(): number {
    return this.secrets.size;
  }
}
