using Npgsql;

namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>A function without parameters that policies call: its call as PostgreSQL prints it, what it returns, and its definition.</summary>
internal sealed record CalledFunction(string Call, string Body, string Definition)
{
    private const string Query = """
        SELECT DISTINCT format('%I.%I()', n.nspname, p.proname), regexp_replace(pg_get_function_sqlbody(p.oid), '^RETURN ', ''), pg_get_functiondef(p.oid)
        FROM pg_depend d JOIN pg_proc p ON p.oid = d.refobjid JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_proc'::regclass AND p.pronargs = 0 AND p.prosqlbody IS NOT NULL
        """;

    internal string Returning(string body) => Definition.Replace(Body, body, StringComparison.Ordinal);

    internal static async Task<List<CalledFunction>> ReadAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(Query, connection);
        await using var reader = await command.ExecuteReaderAsync(Sql.Cancel);
        var functions = new List<CalledFunction>();
        while (await reader.ReadAsync(Sql.Cancel))
            functions.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        return functions;
    }
}
