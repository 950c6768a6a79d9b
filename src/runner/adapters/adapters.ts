import type { RunnerEngine } from '../../api/wire/runners.ts'
import { acpAdapter, geminiAdapter } from './acp.ts'
import type { Adapter } from './adapter.ts'
import { claudeAdapter } from './claude.ts'
import { codexAdapter } from './codex.ts'

const adapters: Readonly<Record<RunnerEngine, Adapter>> = {
  'claude-code': claudeAdapter,
  codex: codexAdapter,
  'gemini-cli': geminiAdapter,
}

/** Returns how to start an engine: by its own protocol, or by ACP if the configuration says so. */
export function adapterOf(
  engine: RunnerEngine,
  configured: { readonly command: readonly string[]; readonly protocol: 'acp' | null } | undefined,
): { readonly start: Adapter; readonly command: readonly string[] } {
  if (configured === undefined) throw new Error(`runner.toml has no engine ${engine}.`)
  const { command, protocol } = configured
  return { start: protocol === 'acp' ? acpAdapter : adapters[engine], command }
}
