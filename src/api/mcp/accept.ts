const json = 'application/json'
const events = 'text/event-stream'

/** Returns the request with an `Accept` of both types: the SDK refuses one that lacks either. */
export function acceptingBoth(request: Request): Request {
  const headers = new Headers(request.headers)
  headers.set('accept', `${json}, ${events}`)
  return new Request(request.url, { method: request.method, headers })
}

/** Converts a response to the type that the client accepts: an event stream if it asks only for that, otherwise JSON. */
export async function inAcceptedType(response: Response, accept: string): Promise<Response> {
  const type = response.headers.get('content-type') ?? ''
  const takesEvents = accept.includes(events)
  const takesJson = accept === '' || /\*\/\*|application\/(\*|json)/.test(accept)
  if (type.includes(events) && takesJson && !takesEvents) {
    const [, message] = /^data: (.+)$/m.exec(await response.text()) ?? []
    return message === undefined ? new Response(null, { status: 202 }) : withBody(response, message, json)
  }
  if (type.includes(json) && takesEvents && !takesJson && response.ok)
    return withBody(response, `event: message\ndata: ${await response.text()}\n\n`, events)
  return response
}

function withBody(response: Response, body: string, type: string): Response {
  const headers = new Headers(response.headers)
  headers.set('content-type', type)
  return new Response(body, { status: response.status, headers })
}
