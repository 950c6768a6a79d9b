import { type Files, identity, jsonFile, maxCallMs, tokenVariable } from './kit.ts'
import { skill } from './skill.ts'

/** Returns the files of Gemini CLI's extension: the MCP server and the skill. None of its hooks can grant a permission. */
export function geminiExtension(url: string): Files {
  const server = {
    httpUrl: `${url}/mcp`,
    headers: { Authorization: `Bearer \${${tokenVariable}}` },
    timeout: maxCallMs,
  }
  return {
    'gemini-extension.json': jsonFile({ ...identity, mcpServers: { preqbot: server } }),
    'skills/preqbot/SKILL.md': skill,
  }
}
