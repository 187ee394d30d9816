using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Shipped;

/// <summary>
/// A function as a script of sql/ creates it. Its body is compared by the hash of its words. A word that is one of the default role names may be any word: a
/// host can choose other role names. RoleWords are the indexes of those words.
/// </summary>
internal sealed partial record ShippedFunction(string Script, string Name, bool Definer, int Words, string Hash, params int[] RoleWords)
{
    internal static ShippedFunction Read(string script, string name, bool definer, string body)
    {
        var words = WordsOf(body);
        int[] roles = [.. Enumerable.Range(0, words.Length).Where(index => DefaultRoles.All.Contains(words[index]))];
        return new(script, name, definer, words.Length, HashOf(words, roles), roles);
    }

    /// <summary>Whether a function of this name is the shipped one.</summary>
    internal bool IsSame(Function function) =>
        function.Definer == Definer && function.PinsSearchPath
        && WordsOf(function.Body) is var words && words.Length == Words && HashOf(words, RoleWords) == Hash;

    private static string HashOf(string[] words, int[] without)
    {
        var kept = words.Select((word, index) => without.Contains(index) ? "" : word);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', kept))));
    }

    private static string[] WordsOf(string text) => [.. Word().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"[\w$]+|[^\w$\s]", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
