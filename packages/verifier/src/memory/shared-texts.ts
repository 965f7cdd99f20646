import type { Verification } from '../verification.js';

/** How many texts are shared at most. */
const MAX_TEXTS = 10_000;

/** Has the answers about many keys share the texts that they have in common, such as the id of their merchant, which would otherwise fill the memory. */
export class SharedTexts {
  private readonly texts = new Map<string, string>();

  share<T extends string | null>(text: T): T {
    if (text === null) return text;
    const shared = this.texts.get(text);
    if (shared !== undefined) return shared as T;
    if (this.texts.size >= MAX_TEXTS) this.texts.clear();
    this.texts.set(text, text);
    return text;
  }

  /** Returns a verification whose texts are shared, but for those that its key has alone. */
  shareIn(verification: Verification): Verification {
    const { merchantId, clientId, accountId, applicationId, serviceId, scopes } = verification;
    return {
      ...verification,
      merchantId: this.share(merchantId),
      clientId: this.share(clientId),
      accountId: this.share(accountId),
      applicationId: this.share(applicationId),
      serviceId: this.share(serviceId),
      scopes: scopes?.map((scope) => this.share(scope)) ?? null,
    };
  }
}
