import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** The digest by which the audit trail holds personal data, and its salt. */
export class Erasure1763789000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, length] of [
      ['personal_salt', '22'],
      ['personal_digest', '64'],
    ] as const)
      await runner.addColumn('audit_event', new TableColumn({ name, type: 'varchar', length, isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['personal_digest', 'personal_salt']) await runner.dropColumn('audit_event', name);
  }
}
