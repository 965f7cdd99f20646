import { InvalidArgumentError, type Command } from 'commander';
import { details, runOnce } from '../shell/command-line.js';

/** Adds the commands for those who get to know Keywright. */
export function addExploringCommands(program: Command): void {
  program
    .command('openapi')
    .summary('write the OpenAPI document')
    .description('Writes the OpenAPI document of the HTTP API. It needs neither a running server nor a database.')
    .option('-o, --output <file>', 'the file to write to, in place of standard output')
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  written', '1  could not be written', '2  wrong usage'],
        Examples: ['keywright openapi --output openapi.json', 'keywright openapi | jq .paths'],
      }),
    )
    .action(({ output }: { output?: string }) =>
      runOnce(async () => (await import('../openapi.js')).writeDocument(output)),
    );

  program
    .command('seed')
    .summary('add an example merchant to explore')
    .description(
      'Adds an example merchant with four months of history: members, applications, keys in every state, webhooks, a month of verifications and ' +
        'an audit trail. It prints how to log in and which keys there are to try. It refuses with NODE_ENV=production.',
    )
    .option('--name <name>', 'the name of the merchant, which must be new', readName, 'Example Shop')
    .addHelpText(
      'after',
      details({
        'Exit codes': ['0  added', '1  not added: the name is taken, or NODE_ENV is production', '2  wrong usage'],
        Examples: ['keywright seed', 'keywright seed --name "Another Shop"'],
      }),
    )
    .action(({ name }: { name: string }) => runOnce(async () => (await import('../seed.js')).seed(name)));
}

/** Reads the name of a merchant, from which the e-mail addresses of its members are made. */
function readName(name: string): string {
  if (!/^[a-z\d][a-z\d .&'-]{0,49}$/i.test(name))
    throw new InvalidArgumentError("It must be 1 to 50 letters, digits, spaces and .&'-, a letter or digit first.");
  return name;
}
