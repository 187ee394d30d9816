using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// A table as a query names it: schema.table, or with the owner of a SECURITY DEFINER function in front, who reads it: "reads as 16384".schema.table.
/// PostgreSQL never prints that, so that it stands only in what the audit writes.
/// </summary>
internal static class TableUse
{
    private const string Prefix = "\"reads as ";

    internal static string Write(Relation table, uint owner) => owner == 0 ? table.Name : $"{Prefix}{owner}\".{table.Name}";

    /// <summary>Whether the name of the table stands at the index. Count: how many tokens; Owner is 0 where the role itself reads.</summary>
    internal static (int Count, uint Owner)? At(SqlText text, int index, Relation table)
    {
        var owner = OwnerAt(text, index);
        var at = owner == 0 ? index : index + 2;
        return text[at + 1] == "." && (owner != 0 || text[index - 1] is not ("." or "::")) && text[at + 3] is not ("." or "(")
            && table.Name == $"{text[at]}.{text[at + 2]}" ? (at + 3 - index, owner) : null;
    }

    /// <summary>A condition with the table's own name in the place of its alias, as a policy has it. alias: as SQL; null for none.</summary>
    internal static string WithoutAlias(SqlText condition, string? alias, Relation table) => condition.With(Enumerable.Range(0, condition.Count)
        .Where(i => condition[i] == alias && condition[i + 1] == "." && condition[i - 1] != ".")
        .Select(i => (condition.Slice(i, 1), Identifier.Quote(table.PlainName))));

    /// <summary>0 where none stands there.</summary>
    internal static uint OwnerAt(SqlText text, int index) => text[index].StartsWith(Prefix, StringComparison.Ordinal)
        ? uint.Parse(text[index].AsSpan(Prefix.Length, text[index].Length - Prefix.Length - 1), System.Globalization.CultureInfo.InvariantCulture) : 0;
}
