-- Takes tokens, keys and codes out of what was stored before it was redacted on its way in. The patterns are those of src/redactor.ts
-- that need no configuration; in JSON they stop at the end of a string.
CREATE FUNCTION scrub_text(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(regexp_replace(regexp_replace(regexp_replace(given,
    'preq_[A-Za-z0-9_-]{20,}|[0-9]{5,}:[A-Za-z0-9_-]{20,}', '[redacted]', 'g'),
    '(^|[^A-Za-z0-9_-]|\\[nrt])([rs]k[-_](?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{16,}|gh[opsur]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|glpat-[A-Za-z0-9_-]{16,}|(xox[a-z]|xapp)-[A-Za-z0-9-]{10,}|A[KS]IA[A-Z0-9]{16})', '\1[redacted]', 'g'),
    '-----BEGIN[A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----([^"-]|-[^"-])*(-----END[A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----)?', '[redacted]', 'g'),
    '([?&]start=(k_)?|/start(@[A-Za-z0-9_]+)? +(k_)?)[A-Za-z0-9_-]{22}($|[^A-Za-z0-9_-])', '\1[redacted]\5', 'g')
$$;
--> statement-breakpoint
-- Of the bot's own messages only where they are, and of what kind.
CREATE FUNCTION scrub_own_message(message jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'message_id', message -> 'message_id', 'date', message -> 'date', 'chat', message -> 'chat', 'from', message -> 'from',
    'message_thread_id', message -> 'message_thread_id', 'is_topic_message', message -> 'is_topic_message',
    'forum_topic_created', message -> 'forum_topic_created',
    'photo', CASE WHEN message ? 'photo' THEN '[]'::jsonb END,
    'document', CASE WHEN message ? 'document' THEN '{}'::jsonb END))
$$;
--> statement-breakpoint
UPDATE bot_updates SET "update" = jsonb_set(update, '{callback_query,message}', scrub_own_message(update #> '{callback_query,message}'))
WHERE jsonb_typeof(update #> '{callback_query,message}') = 'object';
--> statement-breakpoint
UPDATE bot_updates SET "update" = jsonb_set(update, ARRAY[kind, part], scrub_own_message(update #> ARRAY[kind, part]))
FROM (VALUES ('message', 'reply_to_message'), ('edited_message', 'reply_to_message'), ('message', 'pinned_message')) AS place (kind, part)
WHERE update #>> ARRAY[kind, part, 'from', 'is_bot'] = 'true';
--> statement-breakpoint
-- A code becomes its hash, by which a waiting update still opens what it was for.
UPDATE bot_updates SET "update" = jsonb_set(update, '{message,text}', to_jsonb(code[1] || encode(sha256(convert_to(code[4], 'UTF8')), 'hex')))
FROM (SELECT update_id AS id, regexp_match(update #>> '{message,text}', '^((/start(?:@\w+)?\s+)(k_)?)([A-Za-z0-9_-]+)\s*$', 'i') AS code
  FROM bot_updates) AS found
WHERE id = update_id AND code[4] !~* '^t_[a-z][a-z0-9]{1,9}-\d{1,10}$';
--> statement-breakpoint
UPDATE bot_updates SET "update" = scrub_text(update::text)::jsonb WHERE scrub_text(update::text) <> update::text;
--> statement-breakpoint
-- An error of the database held the parameters of its query.
UPDATE bot_updates SET error = scrub_text(split_part(error, E'\nparams: ', 1)) WHERE error IS NOT NULL;
--> statement-breakpoint
UPDATE bot_messages SET request = scrub_text(request::text)::jsonb WHERE scrub_text(request::text) <> request::text;
--> statement-breakpoint
UPDATE bot_messages SET error = scrub_text(error) WHERE scrub_text(error) <> error;
--> statement-breakpoint
UPDATE bot_conversations SET value = scrub_text(value::text)::jsonb WHERE scrub_text(value::text) <> value::text;
--> statement-breakpoint
UPDATE questions SET items = scrub_text(items::text)::jsonb, detail = scrub_text(detail), answer = scrub_text(answer::text)::jsonb
WHERE scrub_text(items::text) <> items::text OR scrub_text(detail) <> detail OR scrub_text(answer::text) <> answer::text;
--> statement-breakpoint
UPDATE idempotency_keys SET body = scrub_text(body::text)::jsonb WHERE scrub_text(body::text) <> body::text;
--> statement-breakpoint
DROP FUNCTION scrub_text(text);
--> statement-breakpoint
DROP FUNCTION scrub_own_message(jsonb);
