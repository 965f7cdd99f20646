import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const CREATED = ['merchant_id', 'deleted_at', 'created_at', 'id', 'surface', 'account_id'];
const MAKER = ['account_id', 'surface'];
const RESPONSIBLE = 'responsible_account_id';

/** Who answers for a key is in indices that are there already, so that a new key pays nothing for it. */
export class Responsibility1763758000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await replace(runner, 'api_key_account', [...MAKER, RESPONSIBLE]);
    await replace(runner, 'api_key_created', [...CREATED, RESPONSIBLE]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await replace(runner, 'api_key_created', CREATED);
    await replace(runner, 'api_key_account', MAKER);
  }
}

/** In one statement where there may be other instances, which name these indices. */
async function replace(runner: QueryRunner, name: string, columnNames: string[]): Promise<void> {
  if (runner.dataSource.options.type === 'better-sqlite3') {
    await runner.dropIndex('api_key', name);
    await runner.createIndex('api_key', new TableIndex({ name, columnNames }));
  } else await runner.query(`ALTER TABLE api_key DROP INDEX ${name}, ADD INDEX ${name} (${columnNames.join(', ')})`);
}
