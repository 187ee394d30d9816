namespace SmeFinancialOs.Data.Rows;

/// <summary>
/// Whether a column and a member of a type have the same name: <c>customer_name</c> and <c>CustomerName</c> do. Case and underscores do not count, as with
/// Dapper's <c>MatchNamesWithUnderscores</c>.
/// </summary>
internal sealed class SameName : IEqualityComparer<string>
{
    public static readonly SameName Comparer = new();

    public bool Equals(string? x, string? y) => string.Equals(Key(x!), Key(y!), StringComparison.OrdinalIgnoreCase);

    public int GetHashCode(string obj) => StringComparer.OrdinalIgnoreCase.GetHashCode(Key(obj));

    private static string Key(string name) => name.Replace("_", "", StringComparison.Ordinal);
}
