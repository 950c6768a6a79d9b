// Telegram's limits (core.telegram.org/bots/api, core.telegram.org/bots/faq), and how far we stay below them.

/** Characters of a message's text and of a caption, after entities are parsed. */
export const maxTextLength = { text: 4_096, caption: 1_024 } as const

/** A chat gets about one message a second, with short bursts: at most four at once here. */
export const perChat = { size: 4, refillMs: 1_050 } as const

/** A group gets at most twenty messages in any minute: a burst of five and fifteen more. */
export const perGroup = { size: 5, refillMs: 4_000 } as const

/** Our spacing of automatic edits of one message. */
export const editIntervalMs = 3_000
