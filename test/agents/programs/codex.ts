import { join } from 'node:path'
import { inPackage } from './install.ts'
import type { Home, Program } from './program.ts'

// Without a terminal, a call that needs an approval is refused.
const approval = 'mcp_servers.preqbot.default_tools_approval_mode="approve"'

/** Codex, with the server in its `config.toml` and the token in the environment. */
export const codex: Program = {
  name: 'Codex',
  command: 'codex',
  package: '@openai/codex',
  version: '0.169.0',
  engine: 'codex',
  connect: (home, { model, bot }) => {
    home.write(
      '.codex/config.toml',
      toConfig(home, model) + (bot === null || bot.plugin ? '' : toServer(bot.url)),
    )
    if (bot?.hooks) home.write('.codex/hooks.json', { hooks: toHooks(bot.url) })
    return {
      env: {
        CODEX_HOME: join(home.folder, '.codex'),
        FAKE_KEY: 'fake',
        ...(bot === null ? {} : { PREQBOT_TOKEN: bot.token }),
      },
      file: [process.execPath, inPackage('@openai', 'codex', 'bin', 'codex.js')],
      headless: (prompt) => ['exec', ...(bot === null || bot.plugin ? [] : ['-c', approval]), prompt],
      interactive: [],
    }
  },
}

const maxPermissionSeconds = 600
const maxEventSeconds = 10
const events = ['UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'Stop', 'SessionStart']

function toHooks(url: string): object {
  const hook = (timeout: number) => {
    const send = `curl -sS --max-time ${timeout} --data-binary @- -H "Authorization: Bearer $PREQBOT_TOKEN"`
    const command = `${send} -H 'Content-Type: application/json' ${url}/hooks/codex`
    return [{ matcher: '*', hooks: [{ type: 'command', timeout, command }] }]
  }
  return {
    PermissionRequest: hook(maxPermissionSeconds),
    ...Object.fromEntries(events.map((event) => [event, hook(maxEventSeconds)])),
  }
}

const toConfig = ({ repository }: Home, model: string) => `model = "fake"
model_provider = "fake"
approval_policy = "on-request"
sandbox_mode = "workspace-write"
[model_providers.fake]
name = "fake"
base_url = "${model}/v1"
wire_api = "responses"
env_key = "FAKE_KEY"
[analytics]
enabled = false
[projects."${repository}"]
trust_level = "trusted"
[tui]
screen_reader_detection_done = true
`

const toServer = (url: string) => `[mcp_servers.preqbot]
url = "${url}/mcp"
bearer_token_env_var = "PREQBOT_TOKEN"
tool_timeout_sec = 600
`
