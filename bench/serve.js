// The server, in a process that tells when it is ready.
import { createApp } from '../dist/src/app.js';
import { loadConfig } from '../dist/src/config.js';

const config = loadConfig(process.env);
const { app } = await createApp(config, false);
await app.listen(config.PORT, config.HOST);
process.send('ready');
