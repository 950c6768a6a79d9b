CREATE TABLE "api_tokens" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"owner_id" uuid NOT NULL,
	"name" text NOT NULL,
	"token_prefix" text NOT NULL,
	"token_hash" text NOT NULL,
	"last_used_at" timestamp (6) with time zone,
	"expires_at" timestamp (6) with time zone,
	"revoked_at" timestamp (6) with time zone,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_tokens_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "audit_logs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"owner_id" uuid NOT NULL,
	"action" text NOT NULL,
	"target_type" text NOT NULL,
	"target_id" text,
	"meta" jsonb,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bot_conversations" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp (6) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bot_messages" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"chat_id" bigint NOT NULL,
	"thread_id" integer,
	"message_id" integer,
	"purpose" text NOT NULL,
	"task_id" uuid,
	"topic" jsonb,
	"request" jsonb,
	"state" text DEFAULT 'pending' NOT NULL,
	"stale" boolean DEFAULT false NOT NULL,
	"rank" integer DEFAULT 3 NOT NULL,
	"content_hash" text,
	"not_before" timestamp (6) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (6) with time zone,
	"edited_at" timestamp (6) with time zone,
	CONSTRAINT "bot_messages_state" CHECK ("bot_messages"."state" in ('pending', 'sending', 'sent', 'uncertain', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "bot_state" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp (6) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bot_updates" (
	"update_id" bigint PRIMARY KEY NOT NULL,
	"update" jsonb NOT NULL,
	"received_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"effect_at" timestamp (6) with time zone,
	"finished_at" timestamp (6) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "events_outbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"project_id" uuid,
	"event_type" text NOT NULL,
	"entity_type" text NOT NULL,
	"entity_id" text NOT NULL,
	"payload" jsonb,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "events_outbox_entity" CHECK ("events_outbox"."entity_type" in ('task', 'worklog', 'project'))
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"token_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer NOT NULL,
	"body" jsonb NOT NULL,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_token_id_key_pk" PRIMARY KEY("token_id","key")
);
--> statement-breakpoint
CREATE TABLE "project_settings" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"project_id" uuid NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "project_settings_project_key" UNIQUE("project_id","key")
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"owner_id" uuid NOT NULL,
	"project_key" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"repo_url" text,
	"vercel_url" text,
	"status" text DEFAULT 'active' NOT NULL,
	"priority" integer DEFAULT 2 NOT NULL,
	"bg_image" text,
	"bg_image_credit" jsonb,
	"deleted_at" timestamp (6) with time zone,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "projects_owner_key" UNIQUE("owner_id","project_key"),
	CONSTRAINT "projects_status" CHECK ("projects"."status" in ('active', 'paused', 'done')),
	CONSTRAINT "projects_priority" CHECK ("projects"."priority" between 1 and 5),
	CONSTRAINT "projects_key" CHECK ("projects"."project_key" ~ '^[A-Z][A-Z0-9]{1,9}$'),
	CONSTRAINT "projects_name" CHECK (char_length("projects"."name") between 1 and 120),
	CONSTRAINT "projects_description" CHECK (char_length("projects"."description") <= 50000)
);
--> statement-breakpoint
CREATE TABLE "security_events" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"owner_id" uuid,
	"actor_email" text,
	"event_type" text NOT NULL,
	"outcome" text NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"path" text,
	"detail" jsonb,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "security_events_outcome" CHECK ("security_events"."outcome" in ('success', 'failure'))
);
--> statement-breakpoint
CREATE TABLE "task_counters" (
	"owner_id" uuid NOT NULL,
	"task_prefix" text NOT NULL,
	"last_number" integer NOT NULL,
	CONSTRAINT "task_counters_owner_id_task_prefix_pk" PRIMARY KEY("owner_id","task_prefix")
);
--> statement-breakpoint
CREATE TABLE "task_label_assignments" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"task_id" uuid NOT NULL,
	"label_id" uuid NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "task_label_assignments_pair" UNIQUE("task_id","label_id")
);
--> statement-breakpoint
CREATE TABLE "task_labels" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"owner_id" uuid NOT NULL,
	"name" text NOT NULL,
	"color" text DEFAULT 'blue' NOT NULL,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "task_labels_name" CHECK (char_length("task_labels"."name") between 1 and 40),
	CONSTRAINT "task_labels_color" CHECK ("task_labels"."color" in ('gray', 'blue', 'green', 'orange', 'yellow', 'red', 'violet', 'indigo', 'teal', 'pink') or "task_labels"."color" ~ '^#[0-9a-fA-F]{6}$')
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"owner_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"label_id" uuid,
	"task_key" text NOT NULL,
	"task_prefix" text NOT NULL,
	"task_number" integer NOT NULL,
	"title" text NOT NULL,
	"note" text,
	"status" text DEFAULT 'inbox' NOT NULL,
	"task_priority" text DEFAULT 'none' NOT NULL,
	"branch" text,
	"engine" text,
	"run_state" text,
	"run_state_updated_at" timestamp (6) with time zone,
	"due_at" timestamp (6) with time zone,
	"focused_at" timestamp (6) with time zone,
	"sort_order" varchar(64) collate "C" DEFAULT 'a0' NOT NULL,
	"archived_at" timestamp (6) with time zone,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tasks_owner_key" UNIQUE("owner_id","task_key"),
	CONSTRAINT "tasks_owner_prefix_number" UNIQUE("owner_id","task_prefix","task_number"),
	CONSTRAINT "tasks_status" CHECK ("tasks"."status" in ('inbox', 'todo', 'hold', 'ready', 'done', 'archived')),
	CONSTRAINT "tasks_priority" CHECK ("tasks"."task_priority" in ('highest', 'high', 'medium', 'none', 'low', 'lowest')),
	CONSTRAINT "tasks_engine" CHECK ("tasks"."engine" in ('claude-code', 'codex', 'gemini-cli')),
	CONSTRAINT "tasks_run_state" CHECK ("tasks"."run_state" in ('queued', 'running')),
	CONSTRAINT "tasks_run_state_stamp" CHECK (("tasks"."run_state" is null) = ("tasks"."run_state_updated_at" is null)),
	CONSTRAINT "tasks_key" CHECK ("tasks"."task_key" = "tasks"."task_prefix" || '-' || "tasks"."task_number"),
	CONSTRAINT "tasks_title" CHECK (char_length("tasks"."title") between 1 and 180),
	CONSTRAINT "tasks_note" CHECK (char_length("tasks"."note") <= 50000)
);
--> statement-breakpoint
CREATE TABLE "user_settings" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"owner_id" uuid NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "user_settings_owner_key" UNIQUE("owner_id","key")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"email" text NOT NULL,
	"name" text,
	"is_owner" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_unique" UNIQUE("email"),
	CONSTRAINT "users_email_lower_case" CHECK ("users"."email" = lower("users"."email"))
);
--> statement-breakpoint
CREATE TABLE "work_logs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"owner_id" uuid NOT NULL,
	"project_id" uuid,
	"task_id" uuid,
	"title" text NOT NULL,
	"detail" text,
	"engine" text,
	"worked_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp (6) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "work_logs_title" CHECK (char_length("work_logs"."title") between 1 and 180),
	CONSTRAINT "work_logs_detail" CHECK (char_length("work_logs"."detail") <= 100000),
	CONSTRAINT "work_logs_engine" CHECK ("work_logs"."engine" in ('claude-code', 'codex', 'gemini-cli'))
);
--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_logs" ADD CONSTRAINT "audit_logs_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bot_messages" ADD CONSTRAINT "bot_messages_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events_outbox" ADD CONSTRAINT "events_outbox_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project_settings" ADD CONSTRAINT "project_settings_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "security_events" ADD CONSTRAINT "security_events_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_counters" ADD CONSTRAINT "task_counters_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_label_assignments" ADD CONSTRAINT "task_label_assignments_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_label_assignments" ADD CONSTRAINT "task_label_assignments_label_id_task_labels_id_fk" FOREIGN KEY ("label_id") REFERENCES "public"."task_labels"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task_labels" ADD CONSTRAINT "task_labels_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_label_id_task_labels_id_fk" FOREIGN KEY ("label_id") REFERENCES "public"."task_labels"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_settings" ADD CONSTRAINT "user_settings_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "work_logs" ADD CONSTRAINT "work_logs_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "work_logs" ADD CONSTRAINT "work_logs_project_id_projects_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "work_logs" ADD CONSTRAINT "work_logs_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_tokens_owner_revoked" ON "api_tokens" USING btree ("owner_id","revoked_at");--> statement-breakpoint
CREATE INDEX "audit_logs_owner" ON "audit_logs" USING btree ("owner_id","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_logs_target" ON "audit_logs" USING btree ("target_type","target_id");--> statement-breakpoint
CREATE UNIQUE INDEX "bot_messages_telegram" ON "bot_messages" USING btree ("chat_id","message_id");--> statement-breakpoint
CREATE INDEX "bot_messages_due" ON "bot_messages" USING btree ("rank","id") WHERE "bot_messages"."state" in ('pending', 'sending', 'uncertain') or "bot_messages"."stale";--> statement-breakpoint
CREATE INDEX "bot_messages_task" ON "bot_messages" USING btree ("task_id","id");--> statement-breakpoint
CREATE INDEX "bot_updates_open" ON "bot_updates" USING btree ("received_at","update_id") WHERE "bot_updates"."finished_at" is null;--> statement-breakpoint
CREATE INDEX "bot_updates_finished" ON "bot_updates" USING btree ("finished_at");--> statement-breakpoint
CREATE INDEX "events_outbox_owner" ON "events_outbox" USING btree ("owner_id","id");--> statement-breakpoint
CREATE INDEX "events_outbox_project" ON "events_outbox" USING btree ("owner_id","project_id","id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "security_events_owner" ON "security_events" USING btree ("owner_id","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "task_label_assignments_position" ON "task_label_assignments" USING btree ("task_id","position");--> statement-breakpoint
CREATE INDEX "task_label_assignments_label" ON "task_label_assignments" USING btree ("label_id");--> statement-breakpoint
CREATE UNIQUE INDEX "task_labels_owner_name" ON "task_labels" USING btree ("owner_id",lower("name"));--> statement-breakpoint
CREATE INDEX "tasks_lane" ON "tasks" USING btree ("owner_id","status","sort_order");--> statement-breakpoint
CREATE INDEX "tasks_run_state" ON "tasks" USING btree ("owner_id","run_state");--> statement-breakpoint
CREATE INDEX "tasks_project" ON "tasks" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "tasks_label" ON "tasks" USING btree ("label_id");--> statement-breakpoint
CREATE INDEX "tasks_text" ON "tasks" USING gin (to_tsvector('simple', "title" || ' ' || coalesce("note", '')));--> statement-breakpoint
CREATE UNIQUE INDEX "users_one_owner" ON "users" USING btree ("is_owner") WHERE "users"."is_owner";--> statement-breakpoint
CREATE INDEX "work_logs_timeline" ON "work_logs" USING btree ("owner_id","worked_at" DESC NULLS FIRST,"created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "work_logs_project" ON "work_logs" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "work_logs_task" ON "work_logs" USING btree ("task_id","worked_at" DESC NULLS FIRST);