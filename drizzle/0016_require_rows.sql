-- Ends a statement that wrote another number of rows than the decision behind it expects, so that nothing of it is written.
CREATE OR REPLACE FUNCTION require_rows(written bigint, expected bigint, write_index integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF written <> expected THEN
    RAISE EXCEPTION 'write % changed % rows instead of %', write_index, written, expected USING ERRCODE = 'PQ001';
  END IF;
END $$;
