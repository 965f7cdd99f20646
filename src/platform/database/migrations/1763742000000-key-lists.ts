import { TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const OF_MERCHANT = ['merchant_id', 'deleted_at'];

/** What lists of keys run along. */
const INDICES = {
  api_key_merchant: [...OF_MERCHANT, 'surface', 'created_at', 'id'],
  api_key_application: [...OF_MERCHANT, 'application_id', 'created_at', 'id'],
  api_key_active: [...OF_MERCHANT, 'is_active', 'created_at', 'id'],
  api_key_created: [...OF_MERCHANT, 'created_at', 'id', 'surface', 'account_id'],
  api_key_name: [...OF_MERCHANT, 'name', 'id'],
  api_key_expiry: [...OF_MERCHANT, 'expires_at', 'id'],
  api_key_last_use: [...OF_MERCHANT, 'last_used_at', 'id'],
};

/** Those of the same name that were there before. */
const INDICES_BEFORE = {
  api_key_merchant: ['merchant_id', 'surface', 'created_at'],
  api_key_application: ['application_id'],
};

/** The last four characters of credentials, and indices for every way to list keys. */
export class KeyLists1763742000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn(
      'api_key',
      new TableColumn({ name: 'last_four', type: 'varchar', length: '4', isNullable: true }),
    );
    await replace(runner, INDICES_BEFORE, INDICES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await replace(runner, INDICES, INDICES_BEFORE);
    await runner.dropColumn('api_key', 'last_four');
  }
}

type Indices = Record<string, string[]>;

async function replace(runner: QueryRunner, old: Indices, instead: Indices): Promise<void> {
  for (const name of Object.keys(old)) await runner.dropIndex('api_key', name);
  const indices = Object.entries(instead).map(([name, columnNames]) => new TableIndex({ name, columnNames }));
  await runner.createIndices('api_key', indices);
}
