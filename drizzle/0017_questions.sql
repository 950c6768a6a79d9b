CREATE TABLE "session_rules" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"token_id" uuid NOT NULL,
	"session" text NOT NULL,
	"tool" text NOT NULL,
	"input" text NOT NULL,
	"shown" text NOT NULL,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "session_rules_use" UNIQUE("token_id","session","tool","input")
);
--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD COLUMN "task_id" uuid;--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD COLUMN "cwd" text;--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD COLUMN "announced" jsonb;--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD COLUMN "ended_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "questions" ADD COLUMN "tool" jsonb;--> statement-breakpoint
ALTER TABLE "questions" ADD COLUMN "draft" jsonb;--> statement-breakpoint
ALTER TABLE "questions" ADD COLUMN "fetched_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "questions" ADD COLUMN "message_id" bigint;--> statement-breakpoint
ALTER TABLE "session_rules" ADD CONSTRAINT "session_rules_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD CONSTRAINT "agent_sessions_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "questions" ADD CONSTRAINT "questions_message_id_bot_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."bot_messages"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "questions_message" ON "questions" USING btree ("message_id") WHERE "questions"."message_id" is not null;