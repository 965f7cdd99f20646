import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Where instances take hints, and by which key these are authenticated. */
export class Hints1763791000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, length] of [
      ['hint_address', '300'],
      ['hint_key', '43'],
    ] as const)
      await runner.addColumn('instance', new TableColumn({ name, type: 'varchar', length, isNullable: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['hint_key', 'hint_address']) await runner.dropColumn('instance', name);
  }
}
