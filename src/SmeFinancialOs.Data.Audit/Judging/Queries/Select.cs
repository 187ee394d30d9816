using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging.Queries;

/// <summary>One SELECT, or an UPDATE or DELETE, without the other branches of a UNION. IsReturned: what it reads is in the answer.</summary>
internal sealed class Select(Select? outer, bool isReturned)
{
    public Select? Outer { get; } = outer;

    public bool IsReturned { get; } = isReturned;

    public List<FromItem> Items { get; } = [];

    public SqlText List { get; set; } = SqlText.Of("");

    /// <summary>Each row of the answer is made of one row of each item, and none is left out but by WHERE and ON.</summary>
    public bool IsPlain { get; set; } = true;

    /// <summary>FROM holds inner joins alone, so that each ON must hold as WHERE must.</summary>
    public bool IsInner { get; set; } = true;
}

/// <summary>
/// A table, a sub-select, a CTE or a function behind FROM. Table is null for all but tables, Branches is empty for all but sub-selects and CTEs.
/// </summary>
internal sealed record FromItem(Select Select, string Name, Relation? Table, IReadOnlyList<Select> Branches, bool IsRenamed)
{
    public bool Equals(FromItem? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>
/// A part of a WHERE or ON, without AND. Binds: the items whose rows it must be true of, where they are to reach the answer. Equal: the two sides of an
/// equality, each with the SELECT in which its names are looked up. ReadsTables: in sub-selects of it.
/// </summary>
internal sealed record Condition(SqlText Text, Select Select, HashSet<FromItem> Binds, bool ReadsTables)
{
    public (SqlText Left, SqlText Right, Select RightSelect)? Equal { get; init; }

    public bool IsJoin { get; init; }
}

/// <summary>What a statement writes. NewTenant: the expression of the tenant column of the new row; null where the column keeps its value.</summary>
internal sealed record Write(FromItem Target, char Command, SqlText? NewTenant, Select Select);
