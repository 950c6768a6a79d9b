CREATE TABLE "work_log_facts" (
	"log_id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"author" text,
	"result" jsonb,
	CONSTRAINT "work_log_facts_kind" CHECK ("work_log_facts"."kind" in ('result', 'plan', 'blocked', 'status', 'fields', 'note', 'comment', 'manual'))
);
--> statement-breakpoint
ALTER TABLE "token_grants" ADD COLUMN "rights" text DEFAULT 'full' NOT NULL;--> statement-breakpoint
ALTER TABLE "token_grants" ADD COLUMN "project_keys" jsonb;--> statement-breakpoint
ALTER TABLE "work_log_facts" ADD CONSTRAINT "work_log_facts_log_id_work_logs_id_fk" FOREIGN KEY ("log_id") REFERENCES "public"."work_logs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "token_grants" ADD CONSTRAINT "token_grants_rights" CHECK ("token_grants"."rights" in ('work', 'full'));