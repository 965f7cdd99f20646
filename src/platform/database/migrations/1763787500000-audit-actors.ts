import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Who the account of an actor was, as part of new audit records. */
export class AuditActors1763787500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, length] of [
      ['actor_member_id', '36'],
      ['actor_username', '254'],
    ] as const)
      await runner.addColumn('audit_event', new TableColumn({ name, type: 'varchar', length, isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['actor_username', 'actor_member_id']) await runner.dropColumn('audit_event', name);
  }
}
