using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Expressions;

/// <summary>Decides what can be proven from the shape of an expression, and no more. column: the tenant column of the policy's table.</summary>
internal sealed class TenantFilterClassifier(IEnumerable<Column> columns, string column, IReadOnlyList<Function> functions, SettingReaders readers)
{
    private static readonly string[] Who = ["CURRENT_USER", "SESSION_USER", "CURRENT_ROLE", "USER"];

    public TenantFilter Classify(SqlText text)
    {
        text = text.Bare();
        if (text.IsEmpty || text.Is("true"))
            return TenantFilter.Open;
        if (text.Is("false"))
            return TenantFilter.Tenant;
        if (text.Split("OR") is { Count: > 1 } either)
            return Loosest(either.Select(Classify));
        if (text.Split("AND") is { Count: > 1 } all)
            return Tightest(all.Select(Classify));
        if (text[0].Equals("NOT", StringComparison.OrdinalIgnoreCase))
            return Classify(text.Slice(1, text.Count - 1)) is TenantFilter.Tenant or TenantFilter.Fixed ? TenantFilter.Open : TenantFilter.Unknown;
        if (text.Split("=") is [var left, var right])
            return left.Text == right.Text ? TenantFilter.Open : IsColumn(left) ? Compared(right) : IsColumn(right) ? Compared(left) : Rest(text);
        return text.Split("<>") is [var one, var other] && (IsColumn(one) || IsColumn(other)) ? TenantFilter.Open : Rest(text);
    }

    public bool IsColumn(SqlText side)
    {
        side = side.Bare();
        if (side.Split("::") is { Count: > 1 } cast)
            return IsColumn(cast[0]);
        return side.Count > 0 && Identifier.Unquote(side[side.Count - 1]) == column && Enumerable.Range(0, side.Count).All(i => i % 2 == 1 == (side[i] == "."));
    }

    public bool MentionsTenant(SqlText text) => text.Calls().Any(readers.IsReader(functions));

    private static TenantFilter Loosest(IEnumerable<TenantFilter> parts) =>
        FirstOf(parts, [TenantFilter.Open, TenantFilter.Unknown, TenantFilter.Fixed, TenantFilter.Tenant]);

    private static TenantFilter Tightest(IEnumerable<TenantFilter> parts) =>
        FirstOf(parts, [TenantFilter.Tenant, TenantFilter.Fixed, TenantFilter.Unknown, TenantFilter.Open]);

    private static TenantFilter FirstOf(IEnumerable<TenantFilter> parts, ReadOnlySpan<TenantFilter> order)
    {
        var found = parts.ToHashSet();
        foreach (var filter in order)
        {
            if (found.Contains(filter))
                return filter;
        }
        return order[^1];
    }

    /// <summary>A column of the row itself on the other side, as in COALESCE(.., org_id), makes the comparison true for every row.</summary>
    private TenantFilter Compared(SqlText other) =>
        readers.IsSealedTenant(other) ? TenantFilter.Tenant
        : other.Has("FROM") ? TenantFilter.Unknown
        : MentionsColumn(other) ? TenantFilter.Open
        : MentionsTenant(other) ? TenantFilter.Tenant
        : IsConstant(other) ? TenantFilter.Fixed
        : TenantFilter.Unknown;

    private TenantFilter Rest(SqlText text) =>
        text.Has("FROM") || Who.Any(text.Has) || text.Calls().Any(call => !call.IsCurrentSetting && !IsReaderAlone(text, call))
            || (text.Has("=") && MentionsTenant(text)) ? TenantFilter.Unknown : TenantFilter.Open;

    private bool IsReaderAlone(SqlText text, SqlCall call) => text.Has("IS") && readers.IsReader(functions)(call);

    private bool IsConstant(SqlText text) => !Who.Any(text.Has) && text.Calls()
        .All(call => functions.Any(function => function.Name == call.Name && function is { Volatility: 'i', Arguments: 0 }));

    private bool MentionsColumn(SqlText text) => Enumerable.Range(0, text.Count).Any(i =>
        (char.IsLetter(text[i][0]) || text[i][0] is '_' or '"') && text[i + 1] != "("
            && !(i > 0 && (text[i - 1] == "::" || text[i - 1].Equals("AS", StringComparison.OrdinalIgnoreCase)))
            && columns.Any(known => known.Name == Identifier.Unquote(text[i])));
}
