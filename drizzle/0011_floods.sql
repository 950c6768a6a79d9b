CREATE TABLE "agent_sessions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"token_id" uuid NOT NULL,
	"session" text NOT NULL,
	"engine" text,
	"first_seen_at" timestamp (6) with time zone NOT NULL,
	"last_seen_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "agent_sessions_token_session" UNIQUE("token_id","session"),
	CONSTRAINT "agent_sessions_engine" CHECK ("agent_sessions"."engine" in ('claude-code', 'codex', 'gemini-cli'))
);
--> statement-breakpoint
CREATE TABLE "deletion_limits" (
	"token_id" uuid PRIMARY KEY NOT NULL,
	"reached_at" timestamp (6) with time zone NOT NULL,
	"asked_at" timestamp (6) with time zone,
	"allowed_until" timestamp (6) with time zone
);
--> statement-breakpoint
CREATE TABLE "strangers" (
	"user_id" bigint PRIMARY KEY NOT NULL,
	"user_name" text,
	"chat_id" bigint,
	"kind" text NOT NULL,
	"updates" integer NOT NULL,
	"unreported" integer NOT NULL,
	"first_at" timestamp (6) with time zone NOT NULL,
	"last_at" timestamp (6) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "bot_updates" DROP CONSTRAINT "bot_updates_pkey";--> statement-breakpoint
ALTER TABLE "bot_updates" ADD COLUMN "bot_id" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "bot_updates" SET "bot_id" = (SELECT ("value" #>> '{}')::bigint FROM "bot_state" WHERE "key" = 'bot_id') WHERE EXISTS (SELECT FROM "bot_state" WHERE "key" = 'bot_id');--> statement-breakpoint
ALTER TABLE "bot_updates" ADD CONSTRAINT "bot_updates_bot_id_update_id_pk" PRIMARY KEY("bot_id","update_id");--> statement-breakpoint
ALTER TABLE "agent_sessions" ADD CONSTRAINT "agent_sessions_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deletion_limits" ADD CONSTRAINT "deletion_limits_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agent_sessions_seen" ON "agent_sessions" USING btree ("last_seen_at");--> statement-breakpoint
CREATE INDEX "strangers_unreported" ON "strangers" USING btree ("unreported") WHERE "strangers"."unreported" > 0;--> statement-breakpoint
CREATE INDEX "strangers_last" ON "strangers" USING btree ("last_at");