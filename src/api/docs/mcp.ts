import { html } from 'hono/html'
import type { Tool } from '../mcp/tool.ts'
import { listedTools } from '../mcp/tools.ts'
import { toCurl } from './curl.ts'
import { codeBlock, inlineMarkup, type Markup } from './markup.ts'

const agents = [
  {
    name: 'Claude Code',
    lines: (url: string) =>
      `claude mcp add --transport http preqbot ${url}/mcp \\\n  --header "Authorization: Bearer $PREQBOT_TOKEN"`,
  },
  {
    name: 'Codex',
    lines: (url: string) =>
      `codex mcp add preqbot --url ${url}/mcp \\\n  --bearer-token-env-var PREQBOT_TOKEN`,
  },
  {
    name: 'Gemini CLI',
    lines: (url: string) =>
      `gemini mcp add --scope user --transport http preqbot ${url}/mcp \\\n  --header "Authorization: Bearer $PREQBOT_TOKEN"`,
  },
]

/** The example call with a shortened result. */
export const exampleCall = {
  request: {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'preq_claim_task', arguments: { status: 'todo' } },
  },
  result: {
    task: {
      id: 'WEB-12',
      task_key: 'WEB-12',
      title: 'Fix the login redirect after sign-out',
      status: 'todo',
      run_state: 'working',
    },
  },
}

/** Renders the MCP section: how to connect, an example call and the tools. */
export function renderMcp(url: string): Markup {
  const { request, result } = exampleCall
  const call = { method: 'POST', path: '/mcp', needsToken: true, body: request }
  const answer = { jsonrpc: '2.0', id: request.id, result: { structuredContent: result } }
  return html`<section aria-labelledby="mcp"><h2 id="mcp">MCP</h2>
<p><code>POST /mcp</code> is a streamable HTTP server without sessions. It takes the same tokens as the REST API. Run the lines for your agent once, in a shell that has <code>PREQBOT_TOKEN</code>; Codex reads the variable each time it starts.</p>
${agents.map(({ name, lines }) => html`<h3>${name}</h3>${codeBlock(`Connect ${name}`, lines(url))}`)}
<p>Then say to the agent: <q>Take my next preqbot task and work on it.</q></p>
<h3>Example call</h3>
${codeBlock('Example request: POST /mcp', toCurl(call, ['Accept: application/json, text/event-stream']))}
<p class="caption">Answer <b>200</b>, shortened</p>
${codeBlock('Example answer: POST /mcp', JSON.stringify(answer, null, 2))}
<h3 id="tools">Tools</h3>
<p>A question mark means that the argument is optional.</p>
<dl>${listedTools.map(renderTool)}</dl></section>`
}

function renderTool({ name, description, input }: Tool): Markup {
  const names = Object.entries(input.shape).map(([argument, schema]) =>
    schema.safeParse(undefined).success ? `${argument}?` : argument,
  )
  return html`<div><dt><code>${name}</code></dt><dd>${inlineMarkup(description)}${
    names.length === 0
      ? ''
      : html`<br><span class="type">${names.map((argument) => html`<code>${argument}</code> `)}</span>`
  }</dd></div>`
}
