CREATE TABLE "engine_limits" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"runner_id" uuid NOT NULL,
	"engine" text NOT NULL,
	"until" timestamp (6) with time zone NOT NULL,
	"notified_at" timestamp (6) with time zone,
	"lifted_at" timestamp (6) with time zone,
	CONSTRAINT "engine_limits_runner_engine" UNIQUE("runner_id","engine"),
	CONSTRAINT "engine_limits_engine" CHECK ("engine_limits"."engine" in ('claude-code', 'codex', 'gemini-cli'))
);
--> statement-breakpoint
CREATE TABLE "runners" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"token_id" uuid NOT NULL,
	"name" text NOT NULL,
	"host" text NOT NULL,
	"engines" jsonb NOT NULL,
	"projects" jsonb NOT NULL,
	"max" integer NOT NULL,
	"busy" integer NOT NULL,
	"first_seen_at" timestamp (6) with time zone NOT NULL,
	"last_seen_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "runners_token_name" UNIQUE("token_id","name")
);
--> statement-breakpoint
ALTER TABLE "runs" DROP CONSTRAINT "runs_outcome";--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "runner_id" uuid;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "token_hash" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "base" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "heartbeat_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "exited_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "reported_at" timestamp (6) with time zone;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "agent_session" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "usage" jsonb;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "files" integer;--> statement-breakpoint
ALTER TABLE "engine_limits" ADD CONSTRAINT "engine_limits_runner_id_runners_id_fk" FOREIGN KEY ("runner_id") REFERENCES "public"."runners"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runners" ADD CONSTRAINT "runners_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_runner_id_runners_id_fk" FOREIGN KEY ("runner_id") REFERENCES "public"."runners"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "runs_runner" ON "runs" USING btree ("runner_id") WHERE "runs"."exited_at" is null;--> statement-breakpoint
CREATE INDEX "runs_ended" ON "runs" USING btree ("ended_at") WHERE "runs"."heartbeat_at" is not null;--> statement-breakpoint
CREATE INDEX "runs_reported" ON "runs" USING btree ("reported_at") WHERE "runs"."reported_at" is not null;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_token_hash_unique" UNIQUE("token_hash");--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_outcome" CHECK ("runs"."outcome" in ('completed', 'reviewed', 'planned', 'blocked', 'stopped', 'released', 'taken-over', 'lost', 'limited'));