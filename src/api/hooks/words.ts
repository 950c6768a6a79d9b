import { clip } from '../../domain/core/text.ts'
import type { OwnerWords } from '../../domain/sessions/hook-decision.ts'
import type { HookEvent } from '../../domain/sessions/hook-event.ts'

/** The JSON that brings the owner's words into the model's next request. */
export type WordsAnswer =
  | {
      readonly hookSpecificOutput: {
        readonly hookEventName: 'PostToolUse'
        readonly additionalContext: string
      }
    }
  | { readonly decision: 'block'; readonly reason: string }

// An agent stores longer contexts in a file and shows the model only their beginning.
const maxWords = 8_000

/** Builds the answer with the owner's words. The answer to a Stop makes the agent go on. */
export function toWordsAnswer({ kind }: HookEvent, words: readonly OwnerWords[]): WordsAnswer {
  const text = words.map(toContext).join('\n\n')
  if (kind === 'turn-ended') return { decision: 'block', reason: text }
  return { hookSpecificOutput: { hookEventName: 'PostToolUse', additionalContext: text } }
}

function toContext({ taskKey, text }: OwnerWords): string {
  const shown = clip(text, maxWords)
  const rest = shown === text ? '' : `\n(The rest is in the feedback of ${taskKey}.)`
  return `The owner wrote about ${taskKey}, which you are working on:\n${shown}${rest}`
}
