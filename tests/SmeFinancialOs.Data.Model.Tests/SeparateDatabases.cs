using Npgsql;

namespace SmeFinancialOs.Data.Model.Tests;

/// <summary>
/// What it should be like: each tenant has tables of its own, in a schema of its own, and a login that may only read and write them; a row of another
/// organization is not let in, and the demo is read-only. No row-level security and nothing of this library.
/// </summary>
internal sealed class SeparateDatabases(IReadOnlyList<NpgsqlConnection> tenants) : IDatabase
{
    public static string SchemaOf(int tenant) => $"tenant_{tenant}";

    public static async Task CreateAsync(NpgsqlConnection superuser, Schema schema)
    {
        for (var tenant = 0; tenant < Tenants.Count; tenant++)
        {
            var name = SchemaOf(tenant);
            await superuser.RunAsync($"""
                DROP SCHEMA IF EXISTS {name} CASCADE;
                CREATE SCHEMA {name};
                SET search_path = {name};
                {schema.Ddl(schema.Tenants.Literal(tenant))}
                -- Before the other constraints, as a policy is.
                CREATE FUNCTION own_only() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF NEW.org_id IS DISTINCT FROM {schema.Tenants.Literal(tenant)} THEN
                        RAISE EXCEPTION 'not a row of this tenant' USING ERRCODE = '42501';
                    END IF;
                    RETURN NEW;
                END $$;
                CREATE TRIGGER own_only BEFORE INSERT OR UPDATE ON parent FOR EACH ROW EXECUTE FUNCTION own_only();
                CREATE TRIGGER own_only BEFORE INSERT OR UPDATE ON child FOR EACH ROW EXECUTE FUNCTION own_only();
                GRANT USAGE ON SCHEMA {name} TO separate;
                GRANT SELECT, INSERT, UPDATE, DELETE ON parent, child TO separate;
                """);
        }

        await superuser.RunAsync("SET search_path = public");
    }

    public async Task<string> RunAsync(Step step)
    {
        var connection = tenants[step.Tenant];
        var readOnly = step.IsReadOnly || step.Tenant == Tenants.Demo;
        await connection.RunAsync($"BEGIN {(readOnly ? "READ ONLY" : "")}");
        try
        {
            var outcome = await StatementsAsync(connection, step);
            await connection.RunAsync(step.IsCommitted || !step.IsUnitOfWork ? "COMMIT" : "ROLLBACK");
            return outcome;
        }
        catch (PostgresException fault)
        {
            await connection.RunAsync("ROLLBACK");
            return "refused: " + fault.SqlState;
        }
    }

    public async Task<string> ContentAsync(int tenant) =>
        string.Join("\n",
            await tenants[tenant].ReadAsync("SELECT row_to_json(t)::text FROM parent t UNION ALL SELECT row_to_json(t)::text FROM child t ORDER BY 1"));

    private static async Task<string> StatementsAsync(NpgsqlConnection connection, Step step)
    {
        var outcomes = new List<string>();
        for (var i = 0; i < step.Statements.Count; i++)
        {
            if (i == step.SavepointAt)
                await connection.RunAsync("SAVEPOINT here");
            try
            {
                outcomes.Add(step.Statements[i].IsQuery
                    ? "rows: " + string.Join("\n", await connection.ReadAsync(step.Statements[i].Sql))
                    : $"written: {await connection.RunAsync(step.Statements[i].Sql)}");
            }
            catch (PostgresException fault) when (i >= step.SavepointAt)
            {
                outcomes.Add("refused: " + fault.SqlState);
                break;
            }
        }

        if (step.SavepointAt is not null)
            await connection.RunAsync("ROLLBACK TO here");
        return string.Join("; ", outcomes);
    }
}
