import { randomUUID } from 'node:crypto';
import { Table, TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which database this is, so that a backup or a journal of another one is refused; and what key changes took away, until journals have it. */
export class DatabaseIdentity1763774000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const type = runner.dataSource.driver.normalizeType({ type: Number });
    await runner.createTable(
      new Table({
        name: 'database_identity',
        columns: [
          { name: 'id', type, isPrimary: true },
          { name: 'uuid', type: 'varchar', length: '36' },
          { name: 'restored_revision', type: 'bigint', isNullable: true },
        ],
      }),
    );
    await runner.query(`INSERT INTO database_identity (id, uuid) VALUES (1, '${randomUUID()}')`);
    await runner.addColumn(
      'key_change',
      new TableColumn({ name: 'revocation', type: 'varchar', length: '255', isNullable: true }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('key_change', 'revocation');
    await runner.dropTable('database_identity');
  }
}
