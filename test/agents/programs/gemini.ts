import { inPackage } from './install.ts'
import type { Program } from './program.ts'

// Without a terminal, tools that need a confirmation are left out.
const policy = `[[rule]]
mcpName = "preqbot"
toolName = "*"
decision = "allow"
priority = 100
`

/** Gemini CLI, with the server in the user's settings. */
export const gemini: Program = {
  name: 'Gemini CLI',
  command: 'gemini',
  package: '@google/gemini-cli',
  version: '0.61.0',
  engine: 'gemini-cli',
  connect: (home, { model, bot }) => {
    home.write('.gemini/settings.json', {
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      ...(bot === null || bot.plugin ? {} : { mcpServers: { preqbot: toServer(bot) } }),
    })
    const allow = home.write('allow.toml', policy)
    return {
      env: {
        GEMINI_API_KEY: 'fake',
        GOOGLE_GEMINI_BASE_URL: model,
        GEMINI_CLI_TRUST_WORKSPACE: 'true',
        ...(bot?.plugin ? { PREQBOT_TOKEN: bot.token } : {}),
      },
      file: [process.execPath, inPackage('@google', 'gemini-cli', 'bundle', 'gemini.js')],
      headless: (prompt) => ['--skip-trust', '--policy', allow, '--prompt', prompt],
      interactive: ['--skip-trust'],
    }
  },
}

function toServer({ url, token }: { readonly url: string; readonly token: string }): object {
  return { httpUrl: `${url}/mcp`, headers: { Authorization: `Bearer ${token}` } }
}
