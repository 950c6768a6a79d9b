import type { Message } from 'grammy/types'

/**
 * What the bot does with a message field. `frame`: sender, time and format; `words`: text and formatting; `source`:
 * origin and reply; `kept`: saved in the task or comment; `answered`: can't be saved, so the bot says so; `service`:
 * ignored.
 */
type FieldUse = 'frame' | 'words' | 'source' | 'kept' | 'answered' | 'service'

/** Every field of a message. A field that Telegram adds to the types doesn't compile until it's listed here. */
export const messageFields = {
  message_id: 'frame',
  message_thread_id: 'frame',
  from: 'frame',
  sender_chat: 'frame',
  date: 'frame',
  guest_query_id: 'frame',
  business_connection_id: 'frame',
  chat: 'frame',
  is_topic_message: 'frame',
  direct_messages_topic: 'frame',
  sender_tag: 'frame',
  receiver_user: 'frame',
  ephemeral_message_id: 'frame',
  sender_boost_count: 'frame',
  sender_business_bot: 'frame',
  is_automatic_forward: 'frame',
  is_paid_post: 'frame',
  guest_bot_caller_user: 'frame',
  guest_bot_caller_chat: 'frame',
  edit_date: 'frame',
  has_protected_content: 'frame',
  show_caption_above_media: 'frame',
  has_media_spoiler: 'frame',
  is_from_offline: 'frame',
  author_signature: 'frame',
  link_preview_options: 'frame',
  effect_id: 'frame',
  paid_star_count: 'frame',
  reply_markup: 'frame',
  media_group_id: 'frame',

  text: 'words',
  entities: 'words',
  caption: 'words',
  caption_entities: 'words',
  rich_message: 'words',

  forward_origin: 'source',
  via_bot: 'source',
  reply_to_message: 'source',
  reply_to_checklist_task_id: 'source',
  reply_to_poll_option_id: 'source',
  external_reply: 'source',
  quote: 'source',
  reply_to_story: 'source',

  animation: 'kept',
  audio: 'kept',
  document: 'kept',
  live_photo: 'kept',
  paid_media: 'kept',
  photo: 'kept',
  story: 'kept',
  video: 'kept',
  video_note: 'kept',
  voice: 'kept',
  contact: 'kept',
  poll: 'kept',
  venue: 'kept',
  location: 'kept',
  checklist: 'kept',
  invoice: 'kept',
  giveaway: 'kept',
  giveaway_winners: 'kept',

  sticker: 'answered',
  dice: 'answered',
  game: 'answered',
  gift: 'answered',
  unique_gift: 'answered',
  gift_upgrade_sent: 'answered',
  users_shared: 'answered',
  chat_shared: 'answered',
  passport_data: 'answered',
  web_app_data: 'answered',
  successful_payment: 'answered',

  refunded_payment: 'service',
  checklist_tasks_done: 'service',
  checklist_tasks_added: 'service',
  community_chat_added: 'service',
  community_chat_joined: 'service',
  community_chat_removed: 'service',
  suggested_post_info: 'service',
  suggested_post_approved: 'service',
  suggested_post_approval_failed: 'service',
  suggested_post_declined: 'service',
  suggested_post_paid: 'service',
  suggested_post_refunded: 'service',
  chat_owner_left: 'service',
  chat_owner_changed: 'service',
  new_chat_members: 'service',
  left_chat_member: 'service',
  new_chat_title: 'service',
  new_chat_photo: 'service',
  delete_chat_photo: 'service',
  group_chat_created: 'service',
  supergroup_chat_created: 'service',
  channel_chat_created: 'service',
  managed_bot_created: 'service',
  poll_option_added: 'service',
  poll_option_deleted: 'service',
  message_auto_delete_timer_changed: 'service',
  migrate_to_chat_id: 'service',
  migrate_from_chat_id: 'service',
  pinned_message: 'service',
  connected_website: 'service',
  write_access_allowed: 'service',
  proximity_alert_triggered: 'service',
  boost_added: 'service',
  chat_background_set: 'service',
  forum_topic_created: 'service',
  forum_topic_edited: 'service',
  forum_topic_closed: 'service',
  forum_topic_reopened: 'service',
  general_forum_topic_hidden: 'service',
  general_forum_topic_unhidden: 'service',
  giveaway_created: 'service',
  giveaway_completed: 'service',
  paid_message_price_changed: 'service',
  direct_message_price_changed: 'service',
  video_chat_scheduled: 'service',
  video_chat_started: 'service',
  video_chat_ended: 'service',
  video_chat_participants_invited: 'service',
} as const satisfies Record<keyof Message, FieldUse>

/** Returns whether a message has a field with this use. */
export function hasField(message: Message, use: FieldUse): boolean {
  return Object.keys(message).some((field) => useOf(field) === use)
}

/** Returns the fields that this version doesn't know. New kinds of content are kept as received. */
export function unknownFields(message: Message): readonly string[] {
  return Object.keys(message).filter((field) => useOf(field) === undefined)
}

function useOf(field: string): FieldUse | undefined {
  return Object.hasOwn(messageFields, field) ? messageFields[field as keyof typeof messageFields] : undefined
}
