-- Runs of tasks that agents are working on, from the audit log.
INSERT INTO runs (owner_id, task_id, token_id, engine, branch, attempt, started_at)
SELECT t.owner_id, t.id, k.id, t.engine, t.branch, 1, coalesce((a.meta -> 'run' ->> 'since')::timestamptz, a.created_at)
FROM tasks t
CROSS JOIN LATERAL (
  SELECT meta, created_at FROM audit_logs
  WHERE target_type = 'task' AND target_id = t.task_key AND owner_id = t.owner_id
    AND (action IN ('task.start', 'task.claim') OR meta -> 'run' IS NOT NULL)
  ORDER BY created_at DESC, id DESC LIMIT 1
) a
LEFT JOIN api_tokens k ON k.id::text = coalesce(a.meta -> 'run' ->> 'tokenId', a.meta ->> 'tokenId')
WHERE t.run_state = 'running';
--> statement-breakpoint
-- Questions of tasks that agents blocked and nobody has answered.
INSERT INTO questions (owner_id, task_id, engine, kind, items, returns_to, created_at)
SELECT t.owner_id, t.id, w.engine, 'block',
  jsonb_build_array(jsonb_build_object('id', '1', 'text', left(r.reason, 1000), 'options', '[]'::jsonb, 'multi', false)), 'todo', w.worked_at
FROM tasks t
CROSS JOIN LATERAL (
  SELECT detail, engine, worked_at FROM work_logs
  WHERE task_id = t.id AND (title LIKE 'PREQSTATION Result · %' OR title LIKE 'PREQSTATION Plan · %')
  ORDER BY worked_at DESC, created_at DESC, id DESC LIMIT 1
) w
CROSS JOIN LATERAL (
  SELECT substring(w.detail FROM '\*\*Blocked reason:\*\* (.*?)(?:\n\n\*\*(?:Tests|PR|Notes|Checks):\*\* |\n\n---\nEngine: )') AS reason
) r
WHERE t.status = 'hold' AND r.reason IS NOT NULL AND NOT EXISTS (
  SELECT FROM work_logs c WHERE c.task_id = t.id AND c.title LIKE 'Comment · %' AND c.worked_at >= w.worked_at
);
