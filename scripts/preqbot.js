#!/usr/bin/env node
// The bin of the package: `preqbot` starts the bot, `preqbot token NAME` and the like run a terminal command. Needs a build.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { commands } from './commands.js'

const [, , command] = process.argv
if (command !== undefined && !commands.includes(command)) {
  process.stderr.write(
    `"${command}" isn't a command. Use one of ${commands.join(', ')}, or none to start the bot.\n`,
  )
  process.exit(1)
}
const program = new URL(`../dist/${command ?? 'main'}.js`, import.meta.url)
if (!existsSync(program)) {
  process.stderr.write('The program is not built yet. Run npm run build first.\n')
  process.exit(1)
}
// As in `npm start`: docs/operations.md explains the flags.
for (const flag of ['--liftoff-only', '--max-semi-space-size=16', '--max-old-space-size=192'])
  setFlagsFromString(flag)
process.argv.splice(1, command === undefined ? 1 : 2, fileURLToPath(program))
await import(program.href)
