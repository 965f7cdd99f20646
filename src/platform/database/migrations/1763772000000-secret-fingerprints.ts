import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** By what a server recognises that its secrets are those of the database. */
export class SecretFingerprints1763772000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { driver } = runner.dataSource;
    await runner.createTable(
      new Table({
        name: 'secret_fingerprint',
        columns: [
          { name: 'setting', type: 'varchar', length: '20', isPrimary: true },
          { name: 'ordinal', type: driver.normalizeType({ type: Number }), isPrimary: true },
          { name: 'salt', type: 'varchar', length: '32' },
          { name: 'fingerprint', type: 'varchar', length: '16' },
          { name: 'secret_id', type: 'varchar', length: '8', isNullable: true },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('secret_fingerprint');
  }
}
