using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.Schema;

/// <summary>
/// The scripts are plain SQL with the default names, so that psql can run them. Other names take their place as whole words, in strings and comments too (a
/// format string grants, a hint tells), all at once: two roles may swap names. Lines stay where they are.
/// </summary>
internal sealed partial class RoleRenaming
{
    private readonly Dictionary<string, string> _names;

    internal RoleRenaming(SchemaRoles roles) =>
        _names = new SchemaRoles().All.Zip(roles.All).ToDictionary(p => p.First.Name, p => p.Second.Name, StringComparer.Ordinal);

    internal string Apply(string sql) => Word().Replace(sql, word => _names.GetValueOrDefault(word.Value, word.Value));

    /// <summary>Longest run of identifier characters: app_user_id and my_app_user are words of their own.</summary>
    [GeneratedRegex(@"[\w$]+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
