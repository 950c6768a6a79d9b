import { resolve } from 'node:path'
import { askBoard } from './board.ts'
import { runCommand, UsageError } from './command.ts'

const spec = {
  usage: 'npm run backup [-- FILE]',
  summary: 'Writes the whole board to one compressed file. It works while preqbot runs.',
  args: { FILE: 'Where to write it. Without it, preqbot-<time>.jsonl.gz in this folder.' },
}

await runCommand(spec, async ({ names, config, database }) => {
  if (names.length > 1) throw new UsageError('Give at most one file.')
  const file = names[0] ?? `preqbot-${new Date().toISOString().replaceAll(':', '-')}.jsonl.gz`
  return askBoard({ name: 'backup', path: resolve(file) }, { config, database })
})
