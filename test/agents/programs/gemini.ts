import { inPackage } from './install.ts'
import type { Program } from './program.ts'

/** Gemini CLI, with the server in the user's settings. */
export const gemini: Program = {
  name: 'Gemini CLI',
  package: '@google/gemini-cli',
  version: '0.61.0',
  engine: 'gemini-cli',
  connect: (home, { model, url, token }) => {
    home.write('.gemini/settings.json', {
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      mcpServers: {
        preqbot: { httpUrl: `${url}/mcp`, headers: { Authorization: `Bearer ${token}` }, trust: true },
      },
    })
    const command = [process.execPath, inPackage('@google', 'gemini-cli', 'bundle', 'gemini.js')]
    return {
      env: { GEMINI_API_KEY: 'fake', GOOGLE_GEMINI_BASE_URL: model, GEMINI_CLI_TRUST_WORKSPACE: 'true' },
      headless: (prompt) => [...command, '--skip-trust', '--prompt', prompt],
      interactive: [...command, '--skip-trust'],
    }
  },
}
