-- Kind, author and result of older work logs, read from the titles and texts that the board writes itself.
INSERT INTO work_log_facts (log_id, kind, author, result)
SELECT w.id, k.kind,
  CASE
    WHEN k.kind = 'comment' AND w.title LIKE 'Comment · %' THEN 'owner'
    WHEN k.kind IN ('result', 'plan', 'blocked') THEN nullif('agent:' || coalesce(substring(w.detail FROM ' · Source: ([^\n]+)$'), ''), 'agent:')
  END,
  CASE WHEN k.kind IN ('result', 'plan', 'blocked') THEN jsonb_strip_nulls(jsonb_build_object(
    'summary', nullif(trim(substring(b.body FROM '^[^\n]*\n\n(.*?)(?:\n\n\*\*(?:Blocked reason|Tests|PR|Notes|Checks):\*\* |$)')), ''),
    'blockedReason', substring(b.body FROM '\n\n\*\*Blocked reason:\*\* (.*?)(?:\n\n\*\*(?:Tests|PR|Notes|Checks):\*\* |$)'),
    'tests', substring(b.body FROM '\n\n\*\*Tests:\*\* (.*?)(?:\n\n\*\*(?:PR|Notes|Checks):\*\* |$)'),
    'prUrl', substring(b.body FROM '\n\n\*\*PR:\*\* \[[^\n]*\]\((\S+)\)'),
    'notes', substring(b.body FROM '\n\n\*\*Notes:\*\* (.*?)(?:\n\n\*\*Checks:\*\* |$)'),
    'checks', substring(b.body FROM '\n\n\*\*Checks:\*\* (.*)$')
  )) END
FROM work_logs w
CROSS JOIN LATERAL (SELECT regexp_replace(coalesce(w.detail, ''), '\n\n---\nEngine: [^\n]*$', '') AS body) b
CROSS JOIN LATERAL (
  SELECT CASE
    WHEN w.title LIKE 'PREQSTATION Plan · %' THEN 'plan'
    WHEN w.title LIKE 'PREQSTATION Result · %' AND b.body LIKE E'%\n\n**Blocked reason:** %' THEN 'blocked'
    WHEN w.title LIKE 'PREQSTATION Result · %' THEN 'result'
    WHEN w.title LIKE 'Comment · %' OR w.title LIKE 'Agent comment · %' THEN 'comment'
    WHEN w.title ~ '^[A-Z][A-Z0-9]*-\d+ · Note Updated$' THEN 'note'
    WHEN w.title ~ '^[A-Z][A-Z0-9]*-\d+ · Fields Updated \(\d+\)' THEN 'fields'
    WHEN w.title ~ '^[A-Z][A-Z0-9]*-\d+ · \w+ -> \w+$' THEN 'status'
    ELSE 'manual'
  END AS kind
) k;
