// Required before a program of a test: says at its end how many files with OpenTelemetry's SDK it has loaded.
const { Session } = require('node:inspector');

const session = new Session();
session.connect();
const loaded = new Set();
session.on('Debugger.scriptParsed', ({ params: { url } }) => {
  // It is bundled with the module that imports it.
  if (/\/tracing-\w+\.js$/.test(url)) loaded.add(url);
});
session.post('Debugger.enable');
process.on('exit', () => console.log(`OpenTelemetry's files: ${loaded.size}`));
