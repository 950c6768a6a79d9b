import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

// Builds, then runs the named program in this process. As an npm pre-script, the build would print npm's header twice.
const [, , name] = process.argv
const built = spawnSync('npm', ['run', '--silent', 'build'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
if (built.status !== 0) process.exit(built.status ?? 1)

const program = resolve('dist', `${name}.js`)
process.argv.splice(1, 2, program)
await import(pathToFileURL(program).href)
