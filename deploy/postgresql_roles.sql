-- The two roles of a register on PostgreSQL. Run by a superuser, in the register's own database;
-- running it again changes nothing. docs/deploy.md says when.
--
-- casemgmt_owner  owns the tables: DATABASE_OWNER_URL, for `casemgmt init`, `db` and `restore`
-- casemgmt        serves: DATABASE_URL. It makes and drops nothing; which rows it may write,
--                 `casemgmt init` says table by table: of the audit trail and of signed tables it
--                 only adds.
--
-- Give each a password of its own afterwards, in psql: \password casemgmt_owner

DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'casemgmt_owner') THEN
        CREATE ROLE casemgmt_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'casemgmt') THEN
        CREATE ROLE casemgmt LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
    END IF;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO casemgmt_owner, casemgmt', current_database()
    );
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO casemgmt_owner;
GRANT USAGE ON SCHEMA public TO casemgmt;
REVOKE CREATE ON SCHEMA public FROM casemgmt;
