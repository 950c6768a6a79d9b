CREATE TABLE "questions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"owner_id" uuid NOT NULL,
	"task_id" uuid,
	"token_id" uuid,
	"session" text,
	"engine" text,
	"kind" text NOT NULL,
	"items" jsonb NOT NULL,
	"detail" text,
	"default_answer" jsonb,
	"returns_to" text,
	"expires_at" timestamp (6) with time zone,
	"state" text DEFAULT 'open' NOT NULL,
	"answer" jsonb,
	"answered_by" text,
	"answered_at" timestamp (6) with time zone,
	"key" text,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "questions_token_key" UNIQUE("token_id","key"),
	CONSTRAINT "questions_kind" CHECK ("questions"."kind" in ('ask', 'block', 'permission', 'plan')),
	CONSTRAINT "questions_state" CHECK ("questions"."state" in ('open', 'answered', 'expired', 'withdrawn')),
	CONSTRAINT "questions_answered_by" CHECK ("questions"."answered_by" in ('chat', 'terminal', 'timeout', 'agent')),
	CONSTRAINT "questions_engine" CHECK ("questions"."engine" in ('claude-code', 'codex', 'gemini-cli')),
	CONSTRAINT "questions_returns_to" CHECK ("questions"."returns_to" in ('inbox', 'todo', 'hold', 'ready', 'done', 'archived')),
	CONSTRAINT "questions_detail" CHECK (char_length("questions"."detail") <= 50000)
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"owner_id" uuid NOT NULL,
	"task_id" uuid,
	"token_id" uuid,
	"session" text,
	"engine" text,
	"branch" text,
	"attempt" integer NOT NULL,
	"started_at" timestamp (6) with time zone NOT NULL,
	"ended_at" timestamp (6) with time zone,
	"outcome" text,
	CONSTRAINT "runs_engine" CHECK ("runs"."engine" in ('claude-code', 'codex', 'gemini-cli')),
	CONSTRAINT "runs_outcome" CHECK ("runs"."outcome" in ('completed', 'reviewed', 'planned', 'blocked', 'stopped', 'released', 'taken-over')),
	CONSTRAINT "runs_end" CHECK (("runs"."ended_at" is null) = ("runs"."outcome" is null))
);
--> statement-breakpoint
CREATE TABLE "snoozes" (
	"task_id" uuid PRIMARY KEY NOT NULL,
	"until" timestamp (6) with time zone NOT NULL,
	"message_id" bigint,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "token_grants" (
	"token_id" uuid PRIMARY KEY NOT NULL,
	"engine" text,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "token_grants_engine" CHECK ("token_grants"."engine" in ('claude-code', 'codex', 'gemini-cli'))
);
--> statement-breakpoint
ALTER TABLE "questions" ADD CONSTRAINT "questions_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "questions" ADD CONSTRAINT "questions_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "questions" ADD CONSTRAINT "questions_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snoozes" ADD CONSTRAINT "snoozes_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snoozes" ADD CONSTRAINT "snoozes_message_id_bot_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."bot_messages"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "token_grants" ADD CONSTRAINT "token_grants_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "questions_open" ON "questions" USING btree ("task_id","created_at") WHERE "questions"."state" = 'open';--> statement-breakpoint
CREATE INDEX "questions_task" ON "questions" USING btree ("task_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "runs_open" ON "runs" USING btree ("task_id") WHERE "runs"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "runs_task" ON "runs" USING btree ("task_id","started_at");--> statement-breakpoint
CREATE INDEX "snoozes_until" ON "snoozes" USING btree ("until");--> statement-breakpoint
CREATE INDEX "snoozes_message" ON "snoozes" USING btree ("message_id");