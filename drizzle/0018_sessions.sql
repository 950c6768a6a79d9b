ALTER TABLE "agent_sessions" ADD COLUMN "hook_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD COLUMN "prompted_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD COLUMN "turn_ended_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD COLUMN "stop_blocks" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD COLUMN "stop_heard_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD COLUMN "stop_delivered_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD COLUMN "used_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD COLUMN "tool_calls" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD COLUMN "files" jsonb;--> statement-breakpoint
ALTER TABLE "work_log_facts" ADD COLUMN "fetched_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "work_log_facts" ADD COLUMN "heard_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "work_log_facts" ADD COLUMN "delivered_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "work_log_facts" ADD COLUMN "doubted_at" timestamp (6) with time zone;--> statement-breakpoint
CREATE INDEX "runs_session" ON "runs" USING btree ("token_id","session","started_at");--> statement-breakpoint
CREATE INDEX "work_log_facts_undelivered" ON "work_log_facts" USING btree ("heard_at") WHERE "work_log_facts"."heard_at" is not null and "work_log_facts"."delivered_at" is null;