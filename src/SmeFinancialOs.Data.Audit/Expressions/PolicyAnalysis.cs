using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Judging;

namespace SmeFinancialOs.Data.Audit.Expressions;

/// <summary>A policy together with its table and what its expressions mean to the audit.</summary>
internal sealed class PolicyAnalysis
{
    private readonly DatabaseModel _model;
    private readonly Lazy<TenantFilterClassifier> _classifier;
    private readonly Lazy<TenantFilter> _using;
    private readonly Lazy<TenantFilter> _check;
    private bool? _isBan;

    internal PolicyAnalysis(DatabaseModel model, Policy policy)
    {
        _model = model;
        Policy = policy;
        Table = model.Catalog.Relations[policy.Relation];
        Functions = [.. policy.Functions.Select(model.Catalog.Functions.GetValueOrDefault).OfType<Function>()];
        Using = model.Parsed(policy.Using);
        Check = model.Parsed(policy.Check);
        TenantColumn = model.TenantColumnOf(Table.Oid);
        ConcernsApp = policy.Roles.Any(model.Identities.IsApp);
        _classifier = new(() => new(model.Catalog.Columns[Table.Oid], TenantColumn?.Name ?? "", Functions, model.Settings));
        _using = new(() => _classifier.Value.Classify(Using));
        _check = new(() => _classifier.Value.Classify(Check));
    }

    public Policy Policy { get; }

    public Relation Table { get; }

    public IReadOnlyList<Function> Functions { get; }

    public SqlText Using { get; }

    public SqlText Check { get; }

    public Column? TenantColumn { get; }

    public bool ConcernsApp { get; }

    public TenantFilter UsingFilter => _using.Value;

    public TenantFilter CheckFilter => _check.Value;

    public string Name => $"{Sql} on {Table.Name}";

    public string Sql => Identifier.Quote(Policy.Name);

    public bool ConcernsPublic => Policy.Roles.Contains(0u);

    public IEnumerable<SqlText> Expressions => new[] { Using, Check }.Where(text => !text.IsEmpty);

    /// <summary>Grants rows of the tenant tables to the app, and no restrictive policy holds the tenant's bounds in its place.</summary>
    public bool Opens(char command) => !_model.IsSettled(Table) && Policy.Permissive && ConcernsApp && TenantColumn is not null && Policy.Covers(command)
        && !_model.PoliciesOf(Table).Any(other => !other.Policy.Permissive && other.Policy.Covers(command)
            && (other.ConcernsPublic || Policy.Roles.All(role => other.Policy.Roles.Contains(role))) && other.IsTenant(command));

    /// <summary>What a row has to pass for a command: for INSERT the check, which is USING when there is no other.</summary>
    public TenantFilter FilterOf(char command) => command == 'a' && !Check.IsEmpty ? CheckFilter : UsingFilter;

    public bool IsTenant(char command) => FilterOf(command) is TenantFilter.Tenant or TenantFilter.Fixed;

    /// <summary>Every one of its expressions: each lets rows through by itself.</summary>
    public bool AsksSeal => Expressions.All(text => SettingReaders.AsksSeal(text, Functions));

    public bool IsAlwaysTrue => IsTrue(Using);

    /// <summary>Both are harmless where another condition holds to the tenant all the same.</summary>
    public bool AsksNull => !_model.IsSettled(Table) && Loose.Any(text => Branches(text).Any(IsNull));

    /// <summary>Rows without a tenant have a meaning: they may be shared on purpose.</summary>
    public bool AsksColumnNull => TenantColumn is { NotNull: false } && Expressions.Any(text =>
        Branches(text).Append(text).Any(branch => IsNull(branch) && !branch.Calls().Any(IsReader)));

    public bool AsksRole => Policy.Permissive && Loose.Any(text => text.Calls().Any(call => call.Name == "pg_has_role"));

    private IEnumerable<SqlText> Loose =>
        Expressions.Where(text => (ReferenceEquals(text, Using) ? UsingFilter : CheckFilter) is TenantFilter.Open or TenantFilter.Unknown);

    /// <summary>Some fixed tenant is kept out: the article's way of making the demo read-only.</summary>
    public bool IsBan => _isBan ??= Expressions.Any(text =>
    {
        var condition = BooleanExpression.Parse(text);
        // In a row of the tenant that is kept out, the tenant column is not null.
        var withoutTenant = condition.Atoms.Where(atom => atom.Count > 2 && atom[^2] == "IS" && atom[^1] == "NULL" && IsColumn(atom.Slice(0, atom.Count - 2)))
            .Select(atom => atom.Text);
        return Comparisons(text).Any(part => !part.Equal
            && !condition.CanBe(true, new HashSet<string>([part.Whole.Text, .. withoutTenant]), new HashSet<string>()));
    });

    /// <summary>Restrictive, and nothing passes it.</summary>
    public bool IsClosed => !Policy.Permissive && !Using.IsEmpty && !BooleanExpression.Parse(Using).CanBe(true, new HashSet<string>(), new HashSet<string>());

    public bool IsReader(SqlCall call) => call.IsCurrentSetting || _model.Settings.IsReader(Functions)(call);

    public bool IsColumn(SqlText side) => _classifier.Value.IsColumn(side);

    /// <summary>The comparisons of the tenant column with something, below AND and OR.</summary>
    public IEnumerable<(SqlText Whole, SqlText Column, SqlText Other, bool Equal)> Comparisons(SqlText text)
    {
        if (text.Split("OR") is { Count: > 1 } either)
            return either.SelectMany(Comparisons);
        if (text.Split("AND") is { Count: > 1 } all)
            return all.SelectMany(Comparisons);
        var equal = text.Split("=").Count == 2;
        if (text.Split(equal ? "=" : "<>") is not [var left, var right])
            return [];
        return IsColumn(left) ? [(text.Bare(), left, right, equal)] : IsColumn(right) ? [(text.Bare(), right, left, equal)] : [];
    }

    /// <summary>The branches of every OR, also one below AND.</summary>
    public static IEnumerable<SqlText> Branches(SqlText text) => text.Split("AND") is { Count: > 1 } all
        ? all.SelectMany(Branches)
        : text.Split("OR") is { Count: > 1 } either ? either.SelectMany(part => Branches(part).DefaultIfEmpty(part)) : [];

    /// <summary>The tenant column or the setting IS NULL, or = '' which is what an ended setting reads.</summary>
    public bool IsNull(SqlText branch) => branch.Split("AND").Count == 1
        && (branch.Calls().Any(IsReader) || (TenantColumn is not null && branch.Has(TenantColumn.Sql)))
        && ((branch.Has("IS") && branch.Has("NULL") && !branch.Has("NOT"))
            || (branch.Split("=") is [var left, var right] && (IsEmptyText(left) || IsEmptyText(right))));

    private static bool IsEmptyText(SqlText side) => side.Bare()[0] == "''";

    private static bool IsTrue(SqlText text) => text.Is("true") || text.Bare().Is("true")
        || (text.Split("OR") is { Count: > 1 } either && either.Any(IsTrue))
        || (text.Split("AND") is { Count: > 1 } all && all.All(IsTrue))
        || (text.Split("=") is [var left, var right] && left.Text == right.Text);
}
