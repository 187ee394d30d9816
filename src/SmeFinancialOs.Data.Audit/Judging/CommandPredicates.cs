using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// What a row must pass, for a role and each command that the role has a privilege for: the permissive policies, any of them, and the restrictive ones,
/// all of them. UPDATE and DELETE are judged by their own USING: a statement without WHERE or RETURNING needs no SELECT policy.
/// </summary>
internal sealed class CommandPredicates
{
    internal const string Update = "UPDATE";
    internal const string NewRow = "UPDATE's new row";

    private static readonly (string Name, char Letter, bool Check)[] All =
        [("SELECT", 'r', false), ("INSERT", 'a', true), (Update, 'w', false), (NewRow, 'w', true), ("DELETE", 'd', false)];

    private static readonly HashSet<string> Nothing = [];

    private CommandPredicates(IReadOnlyList<(string Command, string Expression)> expressions) => Expressions = expressions;

    /// <summary>Without the commands that no permissive policy allows.</summary>
    public IReadOnlyList<(string Command, string Expression)> Expressions { get; }

    public bool IsReadOnly => Expressions.All(item => item.Command == "SELECT");

    /// <summary>For an UPDATE: of the old row and of the new one, the expression that the other must pass. Null for other commands.</summary>
    public string? OtherHalf(string command) => command is Update or NewRow
        ? Expressions.First(item => item.Command == (command == Update ? NewRow : Update)).Expression : null;

    /// <summary>commands: the letters of pg_policy, for those that the role has a privilege for.</summary>
    internal static CommandPredicates Compose(IEnumerable<Policy> policies, Func<uint, bool> applies, string commands)
    {
        var effective = policies.Where(policy => policy.Roles.Any(applies)).OrderBy(policy => policy.Name, StringComparer.Ordinal).ToList();
        var composed = new List<(string, string)>();
        foreach (var (name, letter, check) in All.Where(item => commands.Contains(item.Letter, StringComparison.Ordinal)))
        {
            var (permissive, restrictive) = (Parts(effective, letter, check, isPermissive: true), Parts(effective, letter, check, isPermissive: false));
            var expression = string.Join(" AND ", restrictive.Prepend($"({string.Join(" OR ", permissive)})"));
            if (permissive.Count > 0 && BooleanExpression.Parse(SqlText.Of(expression)).CanBe(true, Nothing, Nothing))
                composed.Add((name, expression));
        }
        // Where nothing passes one half of an UPDATE, none is allowed.
        return new([.. composed.Where(item => item.Item1 is not (Update or NewRow) || composed.Count(other => other.Item1 is Update or NewRow) == 2)]);
    }

    /// <summary>What a row must pass in a view, and what a row must pass that is written through it.</summary>
    internal static CommandPredicates OfView(string condition, string check, string commands) =>
        new([.. All.Where(item => commands.Contains(item.Letter, StringComparison.Ordinal)).Select(item => (item.Name, item.Check ? check : condition))
            .Where(item => BooleanExpression.Parse(SqlText.Of(item.Item2)).CanBe(true, Nothing, Nothing))]);

    /// <summary>WITH CHECK is USING where there is no other. A policy without either lets nothing pass.</summary>
    private static List<string> Parts(List<Policy> policies, char command, bool check, bool isPermissive) =>
        [.. policies.Where(policy => policy.Permissive == isPermissive && policy.Covers(command))
            .Select(policy => check ? policy.Check ?? policy.Using : policy.Using).OfType<string>().Select(text => $"({text})").Distinct()];
}
