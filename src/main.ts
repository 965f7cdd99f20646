#!/usr/bin/env node
import { keywright } from './cli/keywright.js';

await keywright(process.argv.slice(2));
