using Npgsql;

namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>A policy as the catalog has it. Roles are quoted; an empty Using or Check is none.</summary>
internal sealed record PolicyState(string Table, string Name, bool IsPermissive, string Command, string[] Roles, string? Using, string? Check)
{
    private const string Query = """
        SELECT format('%I.%I', n.nspname, c.relname), quote_ident(p.polname), p.polpermissive,
            CASE p.polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END,
            ARRAY(SELECT CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END FROM unnest(p.polroles) AS r ORDER BY 1),
            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace ORDER BY 1, 2
        """;

    internal string Dropping => $"DROP POLICY IF EXISTS {Name} ON {Table}";

    internal string Creating =>
        $"CREATE POLICY {Name} ON {Table} AS {(IsPermissive ? "PERMISSIVE" : "RESTRICTIVE")} FOR {Command} TO {string.Join(", ", Roles)}"
        + (Using is null ? "" : $" USING ({Using})") + (Check is null ? "" : $" WITH CHECK ({Check})");

    /// <summary>For another command: with the expressions that the command can have.</summary>
    internal PolicyState For(string command) => command switch
    {
        "SELECT" or "DELETE" => this with { Command = command, Using = Using ?? Check, Check = null },
        "INSERT" => this with { Command = command, Using = null, Check = Check ?? Using },
        _ => this with { Command = command, Using = Using ?? Check },
    };

    internal static async Task<List<PolicyState>> ReadAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(Query, connection);
        await using var reader = await command.ExecuteReaderAsync(Sql.Cancel);
        var policies = new List<PolicyState>();
        while (await reader.ReadAsync(Sql.Cancel))
        {
            policies.Add(new(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetString(3), reader.GetFieldValue<string[]>(4),
                reader.IsDBNull(5) ? null : reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetString(6)));
        }
        return policies;
    }
}
