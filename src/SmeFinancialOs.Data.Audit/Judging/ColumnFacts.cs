namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// NeedsValue: its domain takes no NULL, not even in a row that is no table's. IsDeterministic: its collation tells apart all texts that differ. Base is
/// the name of the type below a domain, without a length. Generated is the expression of a generated column.
/// </summary>
internal sealed record ColumnFacts(string Name, string Type, string Base, bool NotNull, string? Generated, bool IsArray, string[] Labels,
    bool IsDeterministic, bool NeedsValue)
{
    public ValueFamily Family => ValueFamilies.Of(Base);

    public bool IsJson => Base is "json" or "jsonb";
}
