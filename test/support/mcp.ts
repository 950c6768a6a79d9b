import type { TestApi } from './api.ts'

/** The `Accept` that the transport's specification requires. */
export const both = 'application/json, text/event-stream'

export interface ToolAnswer {
  readonly isError: boolean
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: each tool has its own shape.
  readonly result: any
  readonly headers: Headers
}

/** Calls an MCP method without a client library; returns its result. */
export async function askMcp(
  api: Pick<TestApi, 'call'>,
  method: string,
  params: object = {},
  headers: Readonly<Record<string, string>> = {},
) {
  const answer = await api.call('POST', '/mcp', {
    headers: { accept: both, ...headers },
    body: { jsonrpc: '2.0', id: 1, method, params },
  })
  const { text } = answer
  return { ...JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? text), headers: answer.headers }
}

/** Calls a tool. */
export async function useTool(
  api: Pick<TestApi, 'call'>,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<ToolAnswer> {
  const { result, ...answer } = await askMcp(api, 'tools/call', { name, arguments: args }, headers)
  const { isError, content, structuredContent } = result
  return {
    isError: isError === true,
    text: content[0].text,
    result: structuredContent,
    headers: answer.headers,
  }
}
