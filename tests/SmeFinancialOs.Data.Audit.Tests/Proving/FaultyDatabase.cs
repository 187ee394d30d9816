using System.Text.RegularExpressions;
using Npgsql;

namespace SmeFinancialOs.Data.Audit.Tests.Proving;

/// <summary>Many planted faults at once, each on the tables of a schema of its own, with committed rows of two tenants.</summary>
internal sealed class FaultyDatabase(AuditDatabase database, IReadOnlyList<PlantedFault> faults)
{
    internal const string Own = "11111111-1111-4111-8111-111111111111";
    private const string Other = "22222222-2222-4222-8222-222222222222";

    private const string Relations = """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id'
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace::regnamespace::text ~ '^(f[0-9]+|"Other One")$' ORDER BY 1
        """;

    private readonly string _run = $"aud{Guid.NewGuid():N}"[..10];

    internal async Task PlantAsync()
    {
        await using var connection = await OpenAsync();
        await connection.RunAsync($"INSERT INTO public.organizations (id, name, slug) VALUES ('{Own}', 'a', 'a'), ('{Other}', 'b', 'b')");
        for (var i = 0; i < faults.Count; i++)
        {
            await connection.RunAsync(database.Named($"""
                CREATE SCHEMA f{i} AUTHORIZATION $owner; GRANT USAGE ON SCHEMA f{i} TO PUBLIC; SET ROLE $owner;
                CREATE TABLE f{i}.items (org_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE, id uuid NOT NULL, code text,
                    PRIMARY KEY (org_id, id));
                SELECT app.protect_table('f{i}.items'); RESET ROLE;
                INSERT INTO f{i}.items SELECT org, gen_random_uuid(), left(org::text, 1) FROM unnest(ARRAY['{Own}', '{Other}']::uuid[]) AS org
                """));
        }
        for (var i = 0; i < faults.Count; i++)
            await connection.RunAsync($"BEGIN; {database.Named(Moved(faults[i].Plant, i))}; COMMIT");
    }

    /// <summary>
    /// The roles of a fault are new ones. Defaults of a role are those in this database: an audit of another one finds those of the server, too.
    /// </summary>
    private string Moved(string text, int number) => Regex.Replace(text, @"\bpublic\.(?!organizations\b)", $"f{number}.")
        .Replace("aud_", $"{_run}_{number}_", StringComparison.Ordinal)
        .Replace("ALTER ROLE $app SET ", "ALTER ROLE $app IN DATABASE $database SET ", StringComparison.Ordinal)
        .Replace("ALTER ROLE $adm SET ", "ALTER ROLE $adm IN DATABASE $database SET ", StringComparison.Ordinal);

    /// <summary>How many rows of the own tenant and of another one each role of the app reads, before and after a tenant was set.</summary>
    internal async Task<IReadOnlyDictionary<string, (long Own, long Other)>> SeenAsync()
    {
        var seen = new Dictionary<string, (long, long)>();
        await using var connection = await OpenAsync();
        var relations = await connection.ListAsync<string>(Relations);
        foreach (var (role, tenant) in new[] { "$tenant", "$demo", "$app" }.SelectMany(role => new[] { (role, ""), (role, Own) }))
        {
            foreach (var relation in relations)
            {
                await connection.RunAsync($"BEGIN; SELECT set_config('app.current_org_id', '{tenant}', true); SET LOCAL ROLE {database.Named(role)}");
                try
                {
                    seen[$"{relation} as {role}, tenant '{tenant}'"] = (await CountAsync(relation, Own), await CountAsync(relation, Other));
                }
                catch (PostgresException)
                {
                    // The role may not read it.
                }
                await connection.RunAsync("ROLLBACK");
            }
        }
        return seen;

        Task<long> CountAsync(string relation, string org) => connection.ScalarAsync<long>($"SELECT count(*) FROM {relation} WHERE org_id::text = '{org}'");
    }

    private Task<NpgsqlConnection> OpenAsync() => Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
}
