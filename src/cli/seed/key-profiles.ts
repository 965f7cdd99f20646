import type { CreateApplicationKeyBody } from '../../api-keys/merchants/application-keys.dto.js';
import type { CreateApplicationBody } from '../../applications/applications.dto.js';
import { DAY_SECONDS } from '../../platform/runtime/clock.js';
import type { UsageProfile } from './example-usage.js';

/** An application of the example merchant. */
export interface ApplicationProfile {
  createdDaysAgo: number;
  body: CreateApplicationBody;
}

/** The applications, the oldest first. */
export const APPLICATION_PROFILES = {
  shop: { createdDaysAgo: 117.4, body: { name: 'Web shop', description: 'The shop that customers see' } },
  staging: {
    createdDaysAgo: 116.8,
    body: { name: 'Web shop (staging)', description: 'Where releases are tried out', environment: 'test' },
  },
  former: { createdDaysAgo: 112.5, body: { name: 'Mobile app 1.x', description: 'Withdrawn from the stores' } },
} satisfies Record<string, ApplicationProfile>;

export type ApplicationName = keyof typeof APPLICATION_PROFILES;

/** A key of the example merchant, and how it is used. */
export interface KeyProfile {
  /** The application that it is for; `null` is the merchant itself. */
  application: ApplicationName | null;
  createdDaysAgo: number;
  body: CreateApplicationKeyBody;
  /** A month of verifications. */
  usage?: UsageProfile;
  /** The last use of a key that has not been used for a month. */
  lastUsedDaysAgo?: number;
}

/** The keys of the merchants surface, the oldest first: one in each state that a key can be in. */
export const KEY_PROFILES = {
  idle: {
    application: 'shop',
    createdDaysAgo: 110.3,
    body: { description: 'Nightly export', level: 2, scopes: ['orders:read'] },
    lastUsedDaysAgo: 97.4,
  },
  busy: {
    application: 'shop',
    createdDaysAgo: 100.6,
    body: {
      description: 'Shop backend',
      scopes: ['orders:*', 'payments:write'],
      rateLimit: { limit: 600, windowSeconds: 60 },
      quota: { limit: 2_000_000, period: 'month' },
      metadata: { team: 'checkout', runbook: 'https://wiki.shop.example/keys' },
    },
    usage: { perHour: 900, refused: { RATE_LIMITED: 0.02, MISSING_SCOPE: 0.01 } },
  },
  bound: {
    application: 'shop',
    createdDaysAgo: 90.8,
    body: { description: 'Warehouse', level: 3, scopes: ['stock:*'], allowedIps: ['203.0.113.0/24', '2001:db8::/32'] },
    usage: { perHour: 120, refused: { IP_NOT_ALLOWED: 0.05 } },
  },
  ofFormerApplication: {
    application: 'former',
    createdDaysAgo: 80.2,
    body: { description: 'App releases 1.0 to 1.9', level: 1 },
    usage: { perHour: 40, ended: { daysAgo: 5.3, outcome: 'APPLICATION_DISABLED' } },
  },
  test: {
    application: 'staging',
    createdDaysAgo: 70.5,
    body: { description: 'End-to-end tests' },
    usage: { perHour: 15, refused: { INSUFFICIENT_LEVEL: 0.2 } },
  },
  rotated: {
    application: 'shop',
    createdDaysAgo: 60.7,
    body: { description: 'Accounting', scopes: ['orders:read', 'invoices:*'], quota: { limit: 2000, period: 'day' } },
    usage: { perHour: 90, refused: { QUOTA_EXCEEDED: 0.06 } },
  },
  disabled: {
    application: 'shop',
    createdDaysAgo: 50.4,
    body: { description: 'Agency', metadata: { contract: 'ended' } },
    usage: { perHour: 25, ended: { daysAgo: 6.1, outcome: 'DISABLED' } },
  },
  expired: {
    application: 'shop',
    createdDaysAgo: 45.5,
    body: { description: 'Autumn campaign', level: 1, expiresInSeconds: 30 * DAY_SECONDS },
    usage: { perHour: 60, ended: { daysAgo: 15.5, outcome: 'EXPIRED' } },
  },
  ofMerchant: {
    application: null,
    createdDaysAgo: 40.1,
    body: { description: 'API gateway', metadata: { location: 'Frankfurt' } },
    usage: { perHour: 300 },
  },
  exposed: {
    application: 'shop',
    createdDaysAgo: 30.6,
    body: { description: 'Newsletter', level: 2, scopes: ['customers:read'] },
    usage: { perHour: 8, refused: { MISSING_SCOPE: 0.4 } },
  },
  expiring: {
    application: 'shop',
    createdDaysAgo: 25.3,
    body: { description: 'Analytics trial', level: 1, scopes: ['orders:read'], expiresInSeconds: 30 * DAY_SECONDS },
    usage: { perHour: 12 },
  },
  unused: {
    application: 'shop',
    createdDaysAgo: 20.2,
    body: { description: 'Mobile app 2.0', scopes: ['orders:*'], rateLimit: { limit: 10, windowSeconds: 1 } },
  },
  deleted: {
    application: 'staging',
    createdDaysAgo: 15.4,
    body: { description: 'Created by mistake' },
  },
} satisfies Record<string, KeyProfile>;

export type KeyName = keyof typeof KEY_PROFILES;
