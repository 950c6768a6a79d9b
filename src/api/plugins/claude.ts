import {
  type Files,
  identity,
  jsonFile,
  maxCallMs,
  maxEventSeconds,
  maxPermissionSeconds,
  tokenVariable,
} from './kit.ts'
import { skill } from './skill.ts'

const events = [
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PermissionDenied',
  'Stop',
  'StopFailure',
  'SubagentStop',
  'SessionEnd',
]

/** Returns the files of Claude Code's plugin: hooks, the MCP server and the skill. */
export function claudePlugin(url: string): Files {
  const hook = (timeout: number) => [
    {
      hooks: [
        {
          type: 'http',
          url: `${url}/hooks/claude`,
          headers: { Authorization: `Bearer $${tokenVariable}` },
          allowedEnvVars: [tokenVariable],
          timeout,
        },
      ],
    },
  ]
  const hooks = {
    PermissionRequest: hook(maxPermissionSeconds),
    ...Object.fromEntries(events.map((event) => [event, hook(maxEventSeconds)])),
  }
  const server = {
    type: 'http',
    url: `${url}/mcp`,
    headers: { Authorization: `Bearer \${${tokenVariable}}` },
    timeout: maxCallMs,
    // Otherwise the model has to search for the tools first.
    alwaysLoad: true,
  }
  return {
    '.claude-plugin/plugin.json': jsonFile({ ...identity, author: { name: 'preqbot' } }),
    // So that the unzipped folder can be installed for good, where the board has no https.
    '.claude-plugin/marketplace.json': jsonFile({
      name: 'preqbot',
      description: identity.description,
      owner: { name: 'preqbot' },
      plugins: [{ name: 'preqbot', source: './', description: identity.description }],
    }),
    '.mcp.json': jsonFile({ mcpServers: { preqbot: server } }),
    'hooks/hooks.json': jsonFile({ hooks }),
    'skills/preqbot/SKILL.md': skill,
  }
}
