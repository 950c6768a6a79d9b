import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { inPackage } from './install.ts'
import type { Program } from './program.ts'

const key = 'fake-key-for-loopback'

/** Claude Code, with the server in a configuration file as a plugin would bring it. */
export const claude: Program = {
  name: 'Claude Code',
  package: '@anthropic-ai/claude-code',
  version: '2.1.328',
  engine: 'claude-code',
  connect: (home, { model, url, token }) => {
    home.write('.claude/.claude.json', {
      hasCompletedOnboarding: true,
      theme: 'dark',
      customApiKeyResponses: { approved: [key.slice(-20)], rejected: [] },
      projects: { [home.repository]: { hasTrustDialogAccepted: true, allowedTools: [] } },
    })
    const servers = home.write('mcp.json', {
      mcpServers: {
        preqbot: {
          type: 'http',
          url: `${url}/mcp`,
          headers: { Authorization: `Bearer ${token}` },
          // Without these, a call is cut off after 60 s, and the model has to search for our tools first.
          timeout: 600_000,
          alwaysLoad: true,
        },
      },
    })
    // Auto mode can't check actions with another base URL.
    const flags = ['--mcp-config', servers, '--strict-mcp-config', '--permission-mode', 'manual']
    const allowed = ['--allowedTools', 'mcp__preqbot']
    const command = [binary(), ...flags, ...allowed]
    return {
      env: {
        CLAUDE_CONFIG_DIR: join(home.folder, '.claude'),
        ANTHROPIC_BASE_URL: model,
        ANTHROPIC_API_KEY: key,
        DISABLE_AUTOUPDATER: '1',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION: 'false',
      },
      headless: (prompt) => [...command, '--print', '--', prompt],
      interactive: command,
    }
  },
}

// npm installs only this platform's package. The main package has a placeholder until its install script runs.
function binary(): string {
  const folder = readdirSync(inPackage('@anthropic-ai')).find((name) => name.startsWith('claude-code-'))
  if (folder === undefined) throw new Error(`${claude.package} has no program for this platform.`)
  return inPackage('@anthropic-ai', folder, 'claude')
}
