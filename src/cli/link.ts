import { askBoard } from './board.ts'
import { runCommand, UsageError } from './command.ts'

const spec = {
  usage: 'npm run link',
  summary:
    'Makes a new setup link: the person who opens it within an hour owns the bot. Earlier links stop working.',
}

await runCommand(spec, async ({ names, config, database }) => {
  if (names.length > 0) throw new UsageError('It takes no arguments.')
  return askBoard({ name: 'link' }, { config, database })
})
