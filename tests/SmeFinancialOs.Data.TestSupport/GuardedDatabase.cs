using Npgsql;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>A database with the guard on, and one of each thing that a migration could weaken.</summary>
public sealed class GuardedDatabase : IAsyncLifetime
{
    internal const string Schema = """
        SET ROLE app_owner;
        CREATE TABLE public.orders (org_id uuid NOT NULL REFERENCES public.organizations (id) ON DELETE CASCADE, id int, note text, PRIMARY KEY (org_id, id));
        SELECT app.protect_table('public.orders');
        CREATE TABLE public.events (org_id uuid NOT NULL REFERENCES public.organizations, id int, day date, PRIMARY KEY (org_id, id, day))
            PARTITION BY RANGE (day);
        CREATE TABLE public.events_2026 PARTITION OF public.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        SELECT app.protect_table('public.events');
        CREATE VIEW public.notes WITH (security_invoker = true) AS SELECT org_id, note FROM public.orders;
        CREATE FUNCTION public.counted() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog,
            pg_temp AS 'SELECT count(*) FROM public.orders';
        RESET ROLE;
        """;

    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        ConnectionString = await MigratedCopy.CreateAsync(isGuarded: true);
        await using var superuser = await OpenAsync(MigrationLogin.Superuser);
        foreach (var statement in (string[])["BEGIN", Schema, "COMMIT"])
            await superuser.RunAsync(statement);
        await superuser.RunAsync("""
            BEGIN;
            SET LOCAL ROLE app_owner;
            CREATE TABLE public.countries (code text PRIMARY KEY);
            GRANT SELECT ON public.countries TO tenant_role;
            SELECT app_guard.allow('public.countries', 'the same for every tenant');
            COMMIT;
            """);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The owner runs migrations and is no superuser; nobody logs in as it.</summary>
    internal async Task<NpgsqlConnection> OpenAsync(MigrationLogin login)
    {
        var connection = await Sql.OpenAsync(ConnectionString, Sql.Cancel);
        if (login == MigrationLogin.Owner)
            await connection.RunAsync("SET SESSION AUTHORIZATION app_owner");
        return connection;
    }
}

/// <summary>Who runs a migration.</summary>
public enum MigrationLogin
{
    Owner,
    Superuser,
}
