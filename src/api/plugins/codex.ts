import {
  type Files,
  identity,
  jsonFile,
  maxEventSeconds,
  maxPermissionSeconds,
  tokenVariable,
} from './kit.ts'
import { skill } from './skill.ts'

const events = ['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'Stop', 'SessionEnd']

/** Returns the files of a local marketplace with Codex's plugin: hooks, the MCP server and the skill. */
export function codexPlugin(url: string): Files {
  const hook = (timeout: number) => [
    { matcher: '*', hooks: [{ type: 'command', timeout, command: toCommand(url, timeout) }] },
  ]
  const hooks = {
    PermissionRequest: hook(maxPermissionSeconds),
    ...Object.fromEntries(events.map((event) => [event, hook(maxEventSeconds)])),
  }
  const server = {
    url: `${url}/mcp`,
    bearer_token_env_var: tokenVariable,
    tool_timeout_sec: maxPermissionSeconds,
    // Without a terminal, a call that needs an approval is refused.
    default_tools_approval_mode: 'approve',
  }
  const parts = { skills: './skills/', mcpServers: './.mcp.json', hooks: './hooks/hooks.json' }
  return {
    '.agents/plugins/marketplace.json': jsonFile({
      name: 'preqbot',
      plugins: [
        {
          name: 'preqbot',
          source: { source: 'local', path: './plugins/preqbot' },
          policy: { installation: 'AVAILABLE', authentication: 'ON_INSTALL' },
          category: 'Productivity',
        },
      ],
    }),
    'plugins/preqbot/.codex-plugin/plugin.json': jsonFile({ ...identity, ...parts }),
    'plugins/preqbot/.mcp.json': jsonFile({ mcpServers: { preqbot: server } }),
    'plugins/preqbot/hooks/hooks.json': jsonFile({ hooks }),
    'plugins/preqbot/skills/preqbot/SKILL.md': skill,
  }
}

// A hook must never make the agent fail: without an answer, it decides by itself.
function toCommand(url: string, seconds: number): string {
  const curl = `curl -sf --max-time ${seconds} --data-binary @- -H "Authorization: Bearer $${tokenVariable}"`
  return `${curl} -H 'Content-Type: application/json' '${url}/hooks/codex' || echo '{}'`
}
