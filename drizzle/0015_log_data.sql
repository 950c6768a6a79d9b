-- What older logs of moves and of changed fields say, read from the titles that the board gave them.
UPDATE work_log_facts f SET result = jsonb_build_object('from', lower(m.names[1]), 'to', lower(m.names[2]))
FROM (SELECT id, regexp_match(title, ' · (Inbox|Todo|Hold|Ready|Done|Archived) -> (Inbox|Todo|Hold|Ready|Done|Archived)$') AS names FROM work_logs) m
WHERE m.id = f.log_id AND f.kind = 'status' AND f.result IS NULL AND m.names IS NOT NULL;
--> statement-breakpoint
UPDATE work_log_facts f SET result = coalesce(f.result, '{}') || jsonb_build_object('fields', to_jsonb(string_to_array(m.names[1], ', ')))
FROM (SELECT id, regexp_match(title, ' · Fields Updated \(\d+\) · (.*)$') AS names FROM work_logs) m
WHERE m.id = f.log_id AND f.kind = 'fields' AND m.names IS NOT NULL AND coalesce(f.result, '{}') -> 'fields' IS NULL;
