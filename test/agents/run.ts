import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { writeBlock } from '../../scripts/blocks.ts'
import { claude } from './programs/claude.ts'
import { codex } from './programs/codex.ts'
import { gemini } from './programs/gemini.ts'
import { agentsFolder, install } from './programs/install.ts'
import { readResults, toReport } from './report.ts'

// Runs the vendors' own programs against the bot and a fake model, without a network. --docs writes the result into
// docs/agents.md; --quick runs the shortest scenario, and skips it where the programs can't be installed; names select scenarios.

const { values: options, positionals } = parseArgs({
  options: { docs: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const root = resolve(import.meta.dirname, '../..')
const maxInstallMs = options.quick ? 2 * 60_000 : 10 * 60_000

/** Returns why the programs can't run; null if they can. */
function prepare(): string | null {
  // Only root may install packages of the system. The shortest scenario needs no terminal.
  const needsTmux = !options.quick
  if (needsTmux && !hasTmux()) spawnSync('apt-get', ['install', '-y', '-q', 'tmux'], { stdio: 'ignore' })
  if (needsTmux && !hasTmux()) return 'tmux is missing. Install it.'
  try {
    install([claude, codex, gemini], maxInstallMs)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

function hasTmux(): boolean {
  return spawnSync('tmux', ['-V']).status === 0
}

/** Returns the command that runs another one with loopback only; empty if this system can't. */
function namespace(): readonly string[] {
  const enter = [process.getuid?.() === 0 ? '-n' : '-rn', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
  return spawnSync('unshare', [...enter, 'true']).status === 0 ? ['unshare', ...enter] : []
}

function runScenarios(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'preqbot-agents-'))
  const file = join(folder, 'results.json')
  const isolate = namespace()
  const [command = '', ...args] = [
    ...isolate,
    process.execPath,
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    `--root=${root}`,
    `--config=${join(import.meta.dirname, 'vitest.config.ts')}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...(options.quick ? ['claim-and-complete'] : positionals),
  ]
  process.stderr.write(
    isolate.length > 0
      ? 'The programs run in a network namespace with loopback only.\n'
      : "This system has no network namespaces. The programs get a proxy that refuses what isn't loopback.\n",
  )
  const env = { ...process.env, AGENTS_NAMESPACE: isolate.length > 0 ? '1' : '' }
  try {
    const { status } = spawnSync(command, args, { stdio: 'inherit', env })
    const report = toReport(readResults(file))
    process.stdout.write(`\n${report}\n`)
    const isComplete = status === 0 && !options.quick && positionals.length === 0
    if (options.docs && isComplete) writeBlock(join(root, 'docs/agents.md'), 'agents', report)
    return status === 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const reason = prepare()
if (reason === null) process.exitCode = runScenarios() ? 0 : 1
else if (options.quick) process.stdout.write(`Skipped: ${reason}\n`)
else {
  process.stderr.write(`The programs can't run (${agentsFolder}): ${reason}\n`)
  process.exitCode = 1
}
