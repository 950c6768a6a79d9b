#!/usr/bin/env node
// The bin `preqbot-runner`: starts agents for queued tasks. Needs a build.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const program = new URL('../dist/runner.js', import.meta.url)
if (!existsSync(program)) {
  process.stderr.write('The program is not built yet. Run npm run build first.\n')
  process.exit(1)
}
process.argv.splice(1, 1, fileURLToPath(program))
await import(program.href)
