/** Names of the fields in which answers and requests carry something that must not be kept in the clear. */
const SECRET_FIELDS = new Set([
  'access_token',
  'accessToken',
  'apisecret',
  'confirmation',
  'fullKey',
  'password',
  'secret',
  'SERVICE_ID',
  'token',
]);

/** Every secret that went over the wire. */
export class SecretsSeen {
  private readonly secrets = new Set<string>();

  add(secret: string): void {
    // A short text may stand somewhere by chance.
    if (secret.length >= 12) this.secrets.add(secret);
  }

  collect(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, item] of Object.entries(value)) {
      if (typeof item !== 'string') this.collect(item);
      else if (SECRET_FIELDS.has(name)) this.add(item);
      else if (name === 'signupLink') this.add(new URL(item).searchParams.get('token') ?? '');
    }
  }

  /** Those that stand in a text. */
  foundIn(text: string): string[] {
    return [...this.secrets].filter((secret) => text.includes(secret));
  }

  get count(): number {
    return this.secrets.size;
  }
}
