import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { PersonalKeysService } from '../../api-keys/accounts/personal-keys.service.js';
import type { ApiKey } from '../../api-keys/api-key.entity.js';
import { ClientKeysService } from '../../api-keys/clients/client-keys.service.js';
import { formatFullKey } from '../../api-keys/credentials/credential.js';
import { ImportService } from '../../api-keys/merchants/import/import.service.js';
import type { IssuedKey } from '../../api-keys/merchants/issued-key.js';
import { MerchantKeysService } from '../../api-keys/merchants/merchant-keys.service.js';
import { LastUse } from '../../api-keys/uses/last-use.js';
import type { Application } from '../../applications/application.entity.js';
import { ApplicationsService } from '../../applications/applications.service.js';
import { ExposureInbox } from '../../exposures/exposure-inbox.js';
import { Transactions } from '../../platform/database/transactions/transactions.js';
import { DAY_SECONDS } from '../../platform/runtime/clock.js';
import { ServicesService } from '../../services/services.service.js';
import type { Member } from './example-members.js';
import { addUsage } from './example-usage.js';
import {
  APPLICATION_PROFILES,
  KEY_PROFILES,
  type ApplicationName,
  type ApplicationProfile,
  type KeyName,
  type KeyProfile,
} from './key-profiles.js';
import type { PastClock } from './past-clock.js';
import type { UseService } from './use-service.js';

const APPLICATIONS = Object.entries(APPLICATION_PROFILES) as [ApplicationName, ApplicationProfile][];

const KEYS = Object.entries(KEY_PROFILES) as [KeyName, KeyProfile][];

/** How long after its creation a key is first used, in days. */
const FIRST_USE_AFTER_DAYS = 0.1;

/** The applications of the example merchant, and its keys on all three surfaces. */
export class ExampleKeys {
  private readonly applications = new Map<ApplicationName, Application>();
  private readonly issued = new Map<KeyName, IssuedKey>();

  constructor(
    private readonly use: UseService,
    private readonly clock: PastClock,
  ) {}

  /** Creates the applications, each at its time. */
  async createApplications(owner: Member): Promise<void> {
    for (const [name, { createdDaysAgo, body }] of APPLICATIONS) {
      this.clock.setTo(createdDaysAgo);
      this.applications.set(name, await this.use(ApplicationsService).create(owner, body));
    }
  }

  /** Creates the keys of the merchants surface, each at its time. */
  async issueAll(owner: Member): Promise<void> {
    for (const [name, { application, createdDaysAgo, body, usage, lastUsedDaysAgo }] of KEYS) {
      this.clock.setTo(createdDaysAgo);
      const keys = this.use(MerchantKeysService);
      const issued =
        application === null
          ? await keys.createForMerchant(owner, undefined, body)
          : await keys.createForApplication(owner, this.application(application), body);
      this.issued.set(name, issued);
      this.clock.setTo(createdDaysAgo - FIRST_USE_AFTER_DAYS);
      if (usage !== undefined || lastUsedDaysAgo !== undefined) await this.noteUse(issued.key);
    }
  }

  fullKey(name: KeyName): string {
    return formatFullKey(this.get(name).credential);
  }

  async disable(owner: Member, name: KeyName): Promise<void> {
    await this.use(MerchantKeysService).update(owner, this.get(name).key, { isEnabled: false }, null);
  }

  async disableApplication(owner: Member, name: ApplicationName): Promise<void> {
    await this.use(ApplicationsService).setEnabled(owner, this.application(name), false);
  }

  async delete(owner: Member, name: KeyName): Promise<void> {
    await this.use(MerchantKeysService).delete(owner, this.get(name).key, null);
  }

  /** Rotates a key with an overlap of a week. @returns the previous full key */
  async rotate(owner: Member, name: KeyName): Promise<string> {
    const former = this.get(name);
    const overlap = { overlapSeconds: 7 * DAY_SECONDS };
    this.issued.set(name, await this.use(MerchantKeysService).rotate(owner, former.key, overlap, null));
    return formatFullKey(former.credential);
  }

  /** Reports that a key has been found in a public repository. */
  async expose(name: KeyName): Promise<void> {
    const origin = { address: null, userAgent: null, requestId: null };
    const place = 'https://github.com/example-shop/newsletter/blob/main/.env';
    const inbox = this.use(ExposureInbox);
    await inbox.take([{ text: this.fullKey(name), source: 'github', place, origin }]);
    await inbox.drained();
  }

  /** Imports the hash of a key that another system has issued. @returns the key */
  async import(owner: Member): Promise<string> {
    const key = `shop_${randomBytes(24).toString('base64url')}`;
    const row = {
      hash: createHash('sha256').update(key).digest('hex'),
      algorithm: 'sha256',
      description: 'Customer of the former system',
      externalId: 'cus_9s6XKzkNRiz8i3',
      applicationId: this.application('shop').id,
      createdAt: this.clock.in(-700 * DAY_SECONDS).toISOString(),
      lastUsedAt: this.clock.in(-DAY_SECONDS).toISOString(),
    };
    const lines = [{ format: { prefix: 'shop_' } }, row].map((value, line) => ({ line, value }));
    await this.use(ImportService).run(owner, Readable.from(lines), false);
    return key;
  }

  /** Creates a key of the clients surface. @returns its two parts, with a colon between them */
  async issueForClient(owner: Member, expiresInSeconds?: number): Promise<string> {
    const keys = this.use(ClientKeysService);
    const services = this.use(ServicesService);
    const service = await services.find(owner, await services.create(owner));
    const { id } = await keys.create(owner, service.id, expiresInSeconds);
    const [listed] = await keys.list(owner, {});
    const { key, secret } = listed.find((one) => one.key.id === id) ?? {};
    return `${key?.publicId}:${secret}`;
  }

  /** Creates a key of the accounts surface. @returns its two parts, with a colon between them */
  async issueForAccount(owner: Member, name: string, level: number, days: number): Promise<string> {
    const body = { name, level, expiresIn: days * DAY_SECONDS };
    const { credential } = await this.use(PersonalKeysService).create(owner, body);
    return `${credential.publicId}:${credential.secret}`;
  }

  /** Adds a month of verifications, and the last use of each key. */
  async addUsage(): Promise<void> {
    const nowMs = this.clock.nowMs();
    for (const [name, { usage, lastUsedDaysAgo }] of KEYS) {
      const { key } = this.get(name);
      const { id, createdAt } = key;
      const counted = { ...key, accountNumber: key.accountId };
      if (usage) await this.use(Transactions).run(({ manager }) => addUsage(manager, counted, usage, createdAt, nowMs));
      const daysAgo = lastUsedDaysAgo ?? (usage && (usage.ended?.daysAgo ?? 0));
      if (daysAgo !== undefined) this.use(LastUse).record(id, nowMs - daysAgo * DAY_SECONDS * 1000);
    }
    await this.use(LastUse).flush();
  }

  private async noteUse({ id }: ApiKey): Promise<void> {
    this.use(LastUse).record(id, this.clock.nowMs());
    await this.use(LastUse).flush();
  }

  private get(name: KeyName): IssuedKey {
    const issued = this.issued.get(name);
    if (!issued) throw new Error(`The key ${name} has not been created yet.`);
    return issued;
  }

  private application(name: ApplicationName): Application {
    const application = this.applications.get(name);
    if (!application) throw new Error(`The application ${name} has not been created yet.`);
    return application;
  }
}
