import {
  Table,
  TableColumn,
  TableIndex,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
} from 'typeorm';

const INDICES = [
  new TableIndex({ name: 'audit_event_unsealed', columnNames: ['sequence', 'merchant_id', 'created_at', 'id'] }),
  new TableIndex({ name: 'audit_event_chain', columnNames: ['merchant_id', 'sequence'] }),
];

/** Room for the chains of the audit trail; what is there already is sealed by the server. */
export class AuditChain1763751000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const text = (name: string, length: number): TableColumnOptions => ({
      name,
      type: 'varchar',
      length: String(length),
    });
    const sequence = { name: 'sequence', type: 'bigint' };
    const columns = [sequence, text('hash', 64), text('previous_hash', 64)];
    await runner.addColumns(
      'audit_event',
      columns.map((column) => new TableColumn({ ...column, isNullable: true })),
    );
    await runner.createIndices('audit_event', INDICES);
    await runner.createTable(
      new Table({
        name: 'audit_chain',
        columns: [{ ...text('merchant_id', 36), isPrimary: true }, sequence, text('hash', 64)],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_chain');
    await runner.dropIndices('audit_event', INDICES);
    for (const name of ['previous_hash', 'hash', 'sequence']) await runner.dropColumn('audit_event', name);
  }
}
