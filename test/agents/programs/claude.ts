import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { inPackage } from './install.ts'
import type { Home, Program } from './program.ts'

const key = 'fake-key-for-loopback'
const maxPermissionSeconds = 600
const maxEventSeconds = 10
const events = [
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'Stop',
  'SubagentStop',
  'SessionEnd',
]

/** Claude Code, with the server in a configuration file as a plugin would bring it. */
export const claude: Program = {
  name: 'Claude Code',
  command: 'claude',
  package: '@anthropic-ai/claude-code',
  version: '2.1.328',
  engine: 'claude-code',
  connect: (home, { model, bot }) => {
    home.write('.claude/.claude.json', {
      hasCompletedOnboarding: true,
      theme: 'dark',
      customApiKeyResponses: { approved: [key.slice(-20)], rejected: [] },
      projects: { [home.repository]: { hasTrustDialogAccepted: true, allowedTools: [] } },
    })
    if (bot?.hooks) home.write('.claude/settings.json', { hooks: toHooks(bot.url) })
    // Auto mode can't check actions with another base URL.
    const manual = ['--permission-mode', 'manual']
    const flags = bot?.plugin
      ? ['--plugin-url', `${bot.url}/agents/claude.zip`, ...manual]
      : [...(bot === null ? [] : serverFlags(home, bot)), ...manual, '--allowedTools', 'mcp__preqbot']
    return {
      env: {
        CLAUDE_CONFIG_DIR: join(home.folder, '.claude'),
        ...(bot === null ? {} : { PREQBOT_TOKEN: bot.token }),
        ANTHROPIC_BASE_URL: model,
        ANTHROPIC_API_KEY: key,
        DISABLE_AUTOUPDATER: '1',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        CLAUDE_CODE_ENABLE_PROMPT_SUGGESTION: 'false',
      },
      file: [binary()],
      headless: (prompt) => [...flags, '--print', '--', prompt],
      interactive: flags,
    }
  },
}

// npm installs only this platform's package. The main package has a placeholder until its install script runs.
function binary(): string {
  const folder = readdirSync(inPackage('@anthropic-ai')).find((name) => name.startsWith('claude-code-'))
  if (folder === undefined) throw new Error(`${claude.package} has no program for this platform.`)
  return inPackage('@anthropic-ai', folder, 'claude')
}

function serverFlags(home: Home, bot: { readonly url: string; readonly token: string }): string[] {
  return ['--strict-mcp-config', '--mcp-config', home.write('mcp.json', toServers(bot))]
}

function toServers({ url, token }: { readonly url: string; readonly token: string }): object {
  const preqbot = {
    type: 'http',
    url: `${url}/mcp`,
    headers: { Authorization: `Bearer ${token}` },
    // Without these, a call is cut off after 60 s, and the model has to search for our tools first.
    timeout: 600_000,
    alwaysLoad: true,
  }
  return { mcpServers: { preqbot } }
}

function toHooks(url: string): object {
  const hook = (timeout: number) => [
    {
      hooks: [
        {
          type: 'http',
          url: `${url}/hooks/claude`,
          headers: { Authorization: 'Bearer $PREQBOT_TOKEN' },
          allowedEnvVars: ['PREQBOT_TOKEN'],
          timeout,
        },
      ],
    },
  ]
  return {
    PermissionRequest: hook(maxPermissionSeconds),
    ...Object.fromEntries(events.map((event) => [event, hook(maxEventSeconds)])),
  }
}
