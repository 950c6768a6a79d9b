import { parseArgs } from 'node:util'

const measurements = [
  'quick-add',
  'picture',
  'start',
  'verbs',
  'pgbench',
  'chat',
  'questions',
  'runner',
  'http',
  'burst',
  'growth',
]

const help = `Usage: npm run bench -- [options]

Measures preqbot on this machine and prints a table. docs/performance.md explains the figures.

  --quick          A minute to check that everything runs. Its figures prove nothing.
  --only NAME      Runs one measurement; may be repeated. Without it, all but burst and growth run.
                   NAME: ${measurements.join(', ')}
  --on DATABASE    postgres or embedded; without it, both.
  --burst          Runs the burst too: a minute or more per database.
  --json FILE      Also writes the figures to a file.
  --readme         Also writes the table to docs/performance.md and its headlines to README.md;
                   with --only growth, to docs/operations.md.
  --help           Shows this help.

BENCH_DATABASE_URL names the Postgres server (default: postgres://postgres@127.0.0.1:5432/postgres). The benchmark
creates its own database there and drops it in the end.`

/** Reads the command line. For --help and wrong arguments, prints what to know and ends the process. */
export function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        on: { type: 'string' },
        burst: { type: 'boolean', default: false },
        json: { type: 'string' },
        readme: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const unknown = values.only.find((name) => !measurements.includes(name))
    if (unknown !== undefined) throw new Error(`There is no measurement ${unknown}.`)
    if (values.on !== undefined && values.on !== 'postgres' && values.on !== 'embedded')
      throw new Error(`There is no database ${values.on}.`)
    if (!values.help) return values
    process.stdout.write(`${help}\n`)
    process.exit(0)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}\n`)
    process.exit(2)
  }
}
