using SmeFinancialOs.Data.Schema.Audit.Catalog;

namespace SmeFinancialOs.Data.Schema.Audit;

// A policy together with its table and what its expressions mean to the audit.
internal sealed class PolicyView
{
    private readonly AuditScene _scene;
    private readonly HashSet<string> _readers;

    internal PolicyView(AuditScene scene, Policy policy)
    {
        _scene = scene;
        Policy = policy;
        Table = scene.Catalog.Relations[policy.Relation];
        Functions = [.. policy.Functions.Select(scene.Catalog.Functions.GetValueOrDefault).OfType<Function>()];
        _readers = [.. Functions.Where(scene.Settings.ReadsTenant).Select(function => Identifier.Quote(function.Name))];
        Using = SqlText.Of(policy.Using);
        Check = SqlText.Of(policy.Check);
    }

    public Policy Policy { get; }

    public Relation Table { get; }

    public IReadOnlyList<Function> Functions { get; }

    public SqlText Using { get; }

    public SqlText Check { get; }

    public string Name => $"{Sql} on {Table.Name}";

    public string Sql => Identifier.Quote(Policy.Name);

    public Column? TenantColumn => _scene.TenantColumnOf(Table.Oid);

    public bool ConcernsApp => Policy.Roles.Any(_scene.Identities.IsApp);

    public bool ConcernsPublic => Policy.Roles.Contains(0u);

    public IEnumerable<SqlText> Expressions => new[] { Using, Check }.Where(text => text.Tokens.Count > 0);

    // Grants rows of the tenant tables to the app, and no restrictive policy holds the tenant's bounds in its place.
    public bool Opens(char command) => Policy.Permissive && ConcernsApp && TenantColumn is not null && Policy.Covers(command)
        && !_scene.PoliciesOf(Table).Any(other => !other.Policy.Permissive && other.Policy.Covers(command)
            && (other.ConcernsPublic || Policy.Roles.All(role => other.Policy.Roles.Contains(role))) && IsTenant(command is 'a' ? other.CheckOrUsing : other.Using));

    // The check that a new row has to pass: USING when there is no other.
    public SqlText CheckOrUsing => Check.Tokens.Count > 0 ? Check : Using;

    public bool IsReader(string function) => function.Equals("current_setting", StringComparison.OrdinalIgnoreCase) || _readers.Contains(function);

    // One of the conditions that must all hold ties the tenant column to the setting, or to one fixed tenant.
    public bool IsTenant(SqlText text) => text.Split("AND").Any(part => IsTied(part, MentionsTenant)) || IsFixed(text);

    public bool IsOfSetting(SqlText text) => text.Split("AND").Any(part => IsTied(part, MentionsTenant));

    public bool IsFixed(SqlText text) => text.Split("AND").Any(part => IsTied(part, side => !side.Has("FROM") && !MentionsTenant(side) && !_scene.Catalog.Columns[Table.Oid].Any(column => side.Has(Identifier.Quote(column.Name)))));

    // Some fixed tenant is kept out: the article's way of making the demo read-only.
    public bool IsBan(SqlText text) => text.Split("AND").Any(part => part.Split("<>") is [var left, var right] && (left.Has(Column) || right.Has(Column)));

    private string Column => Identifier.Quote(TenantColumn?.Name ?? "");

    private bool MentionsTenant(SqlText text) => text.Calls(_readers.Contains).Any()
        || text.Calls(name => name == "current_setting").Any(call => call.Index + 2 < text.Tokens.Count && text.Tokens[call.Index + 2] == Identifier.Literal(_scene.Options.TenantSetting));

    private bool IsTied(SqlText part, Func<SqlText, bool> other) => part.Split("OR").Count == 1 && part.Split("=") is [var left, var right]
        && ((IsColumn(left) && other(right)) || (IsColumn(right) && other(left)));

    private bool IsColumn(SqlText side) => side.Has(Column) && !side.Has("SELECT");
}
