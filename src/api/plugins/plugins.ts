import { strToU8, zipSync } from 'fflate'
import { claudePlugin } from './claude.ts'
import { codexPlugin } from './codex.ts'
import { geminiExtension } from './gemini.ts'
import type { Files, PluginName } from './kit.ts'

const builders = { claude: claudePlugin, codex: codexPlugin, gemini: geminiExtension }

/** Builds an agent's plugin for a board: a zip with the same bytes everywhere, and no token inside. */
export function buildPlugin(name: PluginName, url: string): Uint8Array {
  return zip(builders[name](url))
}

/** Builds Claude Code's marketplace with the one plugin. It installs only from an https URL. */
export function marketplace(url: string): object {
  return {
    name: 'preqbot',
    description: 'The board on which you direct coding agents',
    owner: { name: 'preqbot' },
    plugins: [
      {
        name: 'preqbot',
        description: 'Tasks, questions and permissions of the preqbot board',
        source: { source: 'archive', url: `${url}/agents/claude.zip` },
      },
    ],
  }
}

// A zip has local times, so the same local time gives the same bytes in every zone.
const madeAt = new Date(2026, 0, 1)

/** Zips text files, in the order of their paths. */
function zip(files: Files): Uint8Array {
  const sorted = Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1))
  const entries = Object.fromEntries(sorted.map(([path, content]) => [path, strToU8(content)]))
  return zipSync(entries, { mtime: madeAt, level: 9 })
}
