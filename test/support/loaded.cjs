// Required before a program of a test: says at its end how many modules of OpenTelemetry it has loaded, beside its empty API, which others load.
process.on('exit', () => {
  const loaded = Object.keys(require.cache).filter((path) => /@opentelemetry.(?!api.)/.test(path));
  console.log(`OpenTelemetry modules: ${loaded.length}`);
});
