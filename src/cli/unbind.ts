import { askBoard } from './board.ts'
import { runCommand, UsageError } from './command.ts'

const spec = {
  usage: 'npm run unbind',
  summary:
    "Takes the bot away from its owner's chat, so that another can be linked. The board stays as it is.",
}

await runCommand(spec, async ({ names, config, database }) => {
  if (names.length > 0) throw new UsageError('It takes no arguments.')
  return askBoard({ name: 'unbind' }, { config, database })
})
