import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityTarget } from 'typeorm';
import { isUuid } from '../validation/uuid.js';
import { placeholders } from './placeholders.js';
import { RowMapper } from './row-mapper.js';
import type { Identified } from './rows.js';

/** How long reads wait for the statement before them, which a connection that has broken may hold up. */
const PATIENCE_MS = 50;

/** Ids in one statement. */
const IDS_MAX = 100;

type Row = Record<string, unknown>;

/**
 * Reads the rows that nearly every request needs, outside of its transactions. Requests that ask while such rows are read share the next
 * statement, since most of what a small one costs is its way to the database and back. No request is answered by a statement that began before it.
 */
@Injectable()
export class BatchedReads {
  private readonly batches = new Map<string, Batches>();

  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /** Reads a row by its id, which is a UUID; each caller has an object of its own. */
  async row<T extends Identified>(entity: EntityTarget<T>, id: string): Promise<T | null> {
    const mapper = RowMapper.for(this.source.manager, entity);
    const row = await this.find(`${mapper.select} WHERE t.id`, 't_id', id);
    return row && mapper.read(row);
  }

  /**
   * Finds what a statement selects for an id.
   *
   * @param statement up to the id by which it finds rows, such as `SELECT … WHERE t.id`; the id is a UUID, and unique
   * @param name the name under which the statement selects that id
   */
  async find(statement: string, name: string, id: string): Promise<Row | null> {
    // The database sees no other texts, so that no request is slowed by what others ask for.
    if (!isUuid(id)) return null;
    let batches = this.batches.get(statement);
    if (!batches) {
      batches = new Batches(async (ids) => {
        const rows = await this.source.query<Row[]>(`${statement} IN (${placeholders(ids)})`, ids);
        return new Map(rows.map((row) => [row[name], row]));
      });
      this.batches.set(statement, batches);
    }
    return batches.find(id);
  }
}

/** Finds the rows of ids. */
type Read = (ids: string[]) => Promise<Map<unknown, Row>>;

/** The reads of one statement: the first at once, and those that are asked for meanwhile together after it. */
class Batches {
  /** Those who ask for the rows of the next statement. */
  private asking: { id: string; resolve: (row: Row | null) => void; reject: (error: unknown) => void }[] = [];
  /** The statement that they wait for. */
  private running: Promise<void> | null = null;
  private patience: NodeJS.Timeout | undefined;

  constructor(private readonly read: Read) {}

  find(id: string): Promise<Row | null> {
    return new Promise((resolve, reject) => {
      this.asking.push({ id, resolve, reject });
      if (!this.running) this.next();
      else this.patience ??= setTimeout(() => this.next(), PATIENCE_MS);
    });
  }

  private next(): void {
    clearTimeout(this.patience);
    this.patience = undefined;
    const running = this.answer(this.asking.splice(0, IDS_MAX)).then(() => {
      if (this.running !== running) return;
      this.running = null;
      if (this.asking.length > 0) this.next();
    });
    this.running = running;
  }

  private async answer(asking: Batches['asking']): Promise<void> {
    try {
      const rows = await this.read([...new Set(asking.map(({ id }) => id))]);
      for (const { id, resolve } of asking) resolve(rows.get(id) ?? null);
    } catch (error) {
      for (const { reject } of asking) reject(error);
    }
  }
}
