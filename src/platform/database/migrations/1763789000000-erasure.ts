import { Table, TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** The digest by which the audit trail holds personal data, with its salt; and whose data is yet to be erased. */
export class Erasure1763789000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, length] of [
      ['personal_salt', '22'],
      ['personal_digest', '64'],
    ] as const)
      await runner.addColumn('audit_event', new TableColumn({ name, type: 'varchar', length, isNullable: true }));
    await runner.createTable(
      new Table({
        name: 'erasure',
        columns: [
          { name: 'id', type: 'varchar', length: '36', isPrimary: true },
          { name: 'merchant_id', type: 'varchar', length: '36', isNullable: true },
          { name: 'account_id', type: 'integer', isNullable: true },
          { name: 'member_id', type: 'varchar', length: '36', isNullable: true },
          { name: 'names', type: 'text' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('erasure');
    for (const name of ['personal_digest', 'personal_salt']) await runner.dropColumn('audit_event', name);
  }
}
