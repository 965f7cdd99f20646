import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { Caller } from '../access/caller.js';
import { Config } from '../platform/config/config.js';
import { Clock } from '../platform/runtime/clock.js';
import { DomainError } from '../platform/events/domain-error.js';
import { Transactions } from '../platform/database/transactions/transactions.js';
import { Service } from './service.entity.js';
import { NOTHING } from '../platform/events/invalidation.js';

/** The claims of a Service ID. It has no audience and no purpose, which distinguishes it from a login token. */
interface ServiceClaims {
  serviceId: string;
  iat: number;
  exp: number;
}

/** Issues and checks Service IDs, each a client's permission to create API keys for a limited time. */
@Injectable()
export class ServicesService {
  constructor(
    @InjectRepository(Service) private readonly services: Repository<Service>,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly jwt: JwtService,
    private readonly transactions: Transactions,
  ) {}

  /** Creates a service and returns its Service ID. */
  async create(caller: Caller): Promise<string> {
    const iat = this.clock.nowInSeconds();
    const exp = iat + this.config.SERVICE_ID_TTL_SECONDS;
    const id = randomUUID();
    await this.transactions.run(async (tx) => {
      await tx.manager.insert(Service, {
        id,
        merchantId: caller.merchantId,
        accountId: caller.accountId,
        createdAt: this.clock.now(),
        expiresAt: new Date(exp * 1000),
      });
      await tx.publish({
        name: 'service.created',
        actor: caller,
        merchantId: caller.merchantId,
        targetType: 'service',
        targetId: id,
        details: {},
        invalidates: NOTHING,
      });
    });
    const claims: ServiceClaims = { serviceId: id, iat, exp };
    return this.jwt.sign(claims, { algorithm: 'HS256' });
  }

  /**
   * Returns the service that a Service ID names.
   *
   * @throws {DomainError} `service_id.invalid` if the text is expired, tampered with, another client's, or not a Service ID
   */
  async find(caller: Caller, serviceId: string): Promise<Service> {
    const claims = this.read(serviceId);
    const service = claims && (await this.services.findOneBy({ id: claims.serviceId, merchantId: caller.merchantId }));
    if (!service || service.expiresAt <= this.clock.now()) throw new DomainError('service_id.invalid');
    return service;
  }

  private read(serviceId: string): ServiceClaims | null {
    try {
      const claims = this.jwt.verify<Partial<ServiceClaims>>(serviceId, {
        algorithms: ['HS256'],
        ignoreExpiration: true,
      });
      return typeof claims.serviceId === 'string' && !('aud' in claims) ? (claims as ServiceClaims) : null;
    } catch {
      return null;
    }
  }
}
