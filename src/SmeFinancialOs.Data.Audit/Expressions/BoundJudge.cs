using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Expressions;

// Decides what can be proven from the shape of an expression, and no more. column: the tenant column of the policy's table.
internal sealed class BoundJudge(IEnumerable<Column> columns, string column, IReadOnlyList<Function> functions, SettingReaders readers)
{
    private static readonly string[] Who = ["CURRENT_USER", "SESSION_USER", "CURRENT_ROLE", "USER"];

    public Bound Of(SqlText text)
    {
        text = text.Bare();
        if (text.IsEmpty || text.Is("true"))
            return Bound.Open;
        if (text.Is("false"))
            return Bound.Tenant;
        if (text.Split("OR") is { Count: > 1 } either)
            return Loosest(either.Select(Of));
        if (text.Split("AND") is { Count: > 1 } all)
            return Tightest(all.Select(Of));
        if (text[0].Equals("NOT", StringComparison.OrdinalIgnoreCase))
            return Of(text.Slice(1, text.Count - 1)) is Bound.Tenant or Bound.Fixed ? Bound.Open : Bound.Unknown;
        if (text.Split("=") is [var left, var right])
            return left.Text == right.Text ? Bound.Open : IsColumn(left) ? Compared(right) : IsColumn(right) ? Compared(left) : Rest(text);
        return text.Split("<>") is [var one, var other] && (IsColumn(one) || IsColumn(other)) ? Bound.Open : Rest(text);
    }

    public bool IsColumn(SqlText side)
    {
        side = side.Bare();
        if (side.Split("::") is { Count: > 1 } cast)
            return IsColumn(cast[0]);
        return side.Count > 0 && Identifier.Unquote(side[side.Count - 1]) == column && Enumerable.Range(0, side.Count).All(i => i % 2 == 1 == (side[i] == "."));
    }

    public bool MentionsTenant(SqlText text) => text.Calls().Any(readers.IsReader(functions));

    private static Bound Loosest(IEnumerable<Bound> parts)
    {
        var found = parts.ToHashSet();
        return found.Contains(Bound.Open) ? Bound.Open : found.Contains(Bound.Unknown) ? Bound.Unknown : found.Contains(Bound.Fixed) ? Bound.Fixed
            : Bound.Tenant;
    }

    private static Bound Tightest(IEnumerable<Bound> parts)
    {
        var found = parts.ToHashSet();
        return found.Contains(Bound.Tenant) ? Bound.Tenant : found.Contains(Bound.Fixed) ? Bound.Fixed : found.Contains(Bound.Unknown) ? Bound.Unknown
            : Bound.Open;
    }

    // A column of the row itself on the other side, as in COALESCE(.., org_id), makes the comparison true for every row.
    private Bound Compared(SqlText other) =>
        readers.IsSealedTenant(other) ? Bound.Tenant
        : other.Has("FROM") ? Bound.Unknown
        : MentionsColumn(other) ? Bound.Open
        : MentionsTenant(other) ? Bound.Tenant
        : IsConstant(other) ? Bound.Fixed
        : Bound.Unknown;

    private Bound Rest(SqlText text) =>
        text.Has("FROM") || Who.Any(text.Has) || text.Calls().Any(call => !call.IsCurrentSetting && !IsReaderAlone(text, call))
            || (text.Has("=") && MentionsTenant(text)) ? Bound.Unknown : Bound.Open;

    private bool IsReaderAlone(SqlText text, SqlCall call) => text.Has("IS") && readers.IsReader(functions)(call);

    private bool IsConstant(SqlText text) => !Who.Any(text.Has) && text.Calls()
        .All(call => functions.Any(function => function.Name == call.Name && function is { Volatility: 'i', Arguments: 0 }));

    private bool MentionsColumn(SqlText text) => Enumerable.Range(0, text.Count).Any(i =>
        (char.IsLetter(text[i][0]) || text[i][0] is '_' or '"') && text[i + 1] != "("
            && !(i > 0 && (text[i - 1] == "::" || text[i - 1].Equals("AS", StringComparison.OrdinalIgnoreCase)))
            && columns.Any(known => known.Name == Identifier.Unquote(text[i])));
}
