import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';
import { ApiKey } from '../api-keys/api-key.entity.js';
import type { Application } from '../applications/application.entity.js';
import { DomainError } from '../domain/domain-error.js';

/** The keys that are for one application. */
@Injectable()
export class ApplicationKeysService {
  constructor(@InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>) {}

  /** @throws {DomainError} `api_key.not_found` */
  async find(application: Application, id: string): Promise<ApiKey> {
    const key = await this.keys.findOneBy({ id, applicationId: application.id, deletedAt: IsNull() });
    if (!key) throw new DomainError('api_key.not_found');
    return key;
  }
}
