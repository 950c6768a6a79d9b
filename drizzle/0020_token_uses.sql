CREATE TABLE "token_uses" (
	"token_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"used_at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "token_uses_token_id_channel_pk" PRIMARY KEY("token_id","channel"),
	CONSTRAINT "token_uses_channel" CHECK ("token_uses"."channel" in ('mcp', 'hooks'))
);
--> statement-breakpoint
ALTER TABLE "token_uses" ADD CONSTRAINT "token_uses_token_id_api_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."api_tokens"("id") ON DELETE cascade ON UPDATE no action;