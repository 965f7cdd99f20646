import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const NOW = new TableIndex({
  name: 'api_key_maker',
  columnNames: ['account_id', 'surface', 'responsible_account_id'],
});

const BEFORE = new TableIndex({ name: 'api_key_account', columnNames: ['account_id', 'surface'] });

/** Which of the keys that somebody made another one answers for: found by an index that was there already, so that a new key pays nothing for it. */
export class Responsibility1763758000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await replace(runner, BEFORE, NOW);
  }

  async down(runner: QueryRunner): Promise<void> {
    await replace(runner, NOW, BEFORE);
  }
}

/** There is always one of the two, for instances that are at work meanwhile. */
async function replace(runner: QueryRunner, old: TableIndex, instead: TableIndex): Promise<void> {
  await runner.createIndex('api_key', instead);
  await runner.dropIndex('api_key', old);
}
