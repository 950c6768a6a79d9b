import { join } from 'node:path'
import { inPackage } from './install.ts'
import type { Connection, Home, Program } from './program.ts'

/** Codex, with the server in its `config.toml` and the token in the environment. */
export const codex: Program = {
  name: 'Codex',
  package: '@openai/codex',
  version: '0.169.0',
  engine: 'codex',
  connect: (home, to) => {
    home.write('.codex/config.toml', toConfig(home, to))
    const command = [process.execPath, inPackage('@openai', 'codex', 'bin', 'codex.js')]
    return {
      env: { CODEX_HOME: join(home.folder, '.codex'), FAKE_KEY: 'fake', PREQBOT_TOKEN: to.token },
      headless: (prompt) => [...command, 'exec', prompt],
      interactive: command,
    }
  },
}

const toConfig = ({ repository }: Home, { model, url }: Connection) => `model = "fake"
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
[mcp_servers.preqbot]
url = "${url}/mcp"
bearer_token_env_var = "PREQBOT_TOKEN"
default_tools_approval_mode = "approve"
tool_timeout_sec = 600
`
