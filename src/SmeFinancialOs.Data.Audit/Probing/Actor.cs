using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>Who attacks: a login, the role it took, and the tenant it set; Tenant is null where none was ever set.</summary>
internal sealed record Actor(string Login, string? Role, bool Demo, string? Tenant, ProbeContext Context, IReadOnlyList<string> Defaults)
{
    /// <summary>Where contexts are sealed: whether the attacker has written the victim into the setting, next to its own token.</summary>
    public bool Claims { get; init; }

    public string Rights => Role ?? Login;

    public (string? Attacker, string Victim) Pair => (Tenant, Context.Other);

    public IReadOnlyList<string> Enter => Statements(Login, Role, Demo, Tenant, Claims, Context, Defaults);

    /// <summary>How many of the statements return a row.</summary>
    public int Results => Enter.Count(sql => sql.StartsWith("SELECT", StringComparison.Ordinal));

    /// <summary>Back to the superuser.</summary>
    public static IReadOnlyList<string> Leave { get; } = ["SET LOCAL ROLE NONE", "SET LOCAL SESSION AUTHORIZATION DEFAULT"];

    public string Script(string statement) => string.Join('\n', Enter.Prepend("BEGIN").Append(statement).Append("ROLLBACK").Select(sql => sql + ';'));

    /// <summary>
    /// What ALTER ROLE and ALTER DATABASE set for every session, as it is when the session begins. A default tenant is as good as that of the victim.
    /// </summary>
    internal static IReadOnlyList<string> DefaultsOf(Role login, CatalogSnapshot catalog, ProbeContext context)
    {
        return
        [
            .. catalog.DefaultSettings.Where(setting => setting.Role is null || setting.Role == login.Name)
                .OrderBy(setting => (setting.Role is null ? 0 : 2) + (setting.Database is null ? 0 : 1))
                .Select(setting => setting.Setting.Split('=', 2)).Where(pair =>
                    pair[0].Contains('.', StringComparison.Ordinal) || pair[0] is "role" or "row_security" or "session_replication_role" or "search_path")
                .Select(pair => $"set_config({Identifier.Literal(pair[0])}, {Identifier.Literal(Value(pair[0], pair[1]))}, true)"),
        ];

        string Value(string name, string value) =>
            name.Equals(context.Setting, StringComparison.OrdinalIgnoreCase) && value.Length > 0 ? context.Other : value;
    }

    private static List<string> Statements(string login, string? role, bool demo, string? tenant, bool claims, ProbeContext context,
        IReadOnlyList<string> defaults)
    {
        var early = defaults.Where(sql => !sql.StartsWith("set_config('role'", StringComparison.Ordinal)).ToList();
        var late = defaults.Except(early).ToList();
        if (role is not null)
            late = [$"set_config('role', {Identifier.Literal(role)}, true)"];
        // The context of a host may take a role, too: the actor's own is taken again.
        List<string> again = context.Ids.IsContextGiven ? [.. late.DefaultIfEmpty("set_config('role', 'none', true)")] : [];
        if (tenant is not null)
            late = [.. late, .. claims ? context.Claiming(tenant, demo) : context.Attacking(tenant, demo), .. again];
        var statements = new List<string>();
        if (context.Superuser && early.Count > 0)
            statements.Add("SELECT " + string.Join(", ", early));
        if (context.Superuser)
            statements.Add($"SET LOCAL SESSION AUTHORIZATION {Identifier.Literal(login)}");
        if (late.Count > 0)
            statements.Add("SELECT " + string.Join(", ", late));
        return statements;
    }
}
