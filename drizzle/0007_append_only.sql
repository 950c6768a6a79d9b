-- Row triggers do not see TRUNCATE. A restore turns these off for its own transaction.
CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER security_events_no_truncate BEFORE TRUNCATE ON security_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER events_outbox_no_truncate BEFORE TRUNCATE ON events_outbox FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
