import { TABLES } from './src/entities.js';
import { loadConfig } from './src/platform/config/config.js';
import { createDataSource } from './src/platform/database/data-source.js';

/** The data source of TypeORM's command line: `npx typeorm -d dist/ormconfig.js migration:show`. */
export default createDataSource(loadConfig(process.env).DATABASE_URL, TABLES);
