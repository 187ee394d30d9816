using System.CommandLine;
using SmeFinancialOs.Data.Schema;

namespace SmeFinancialOs.Data.Cli;

/// <summary>What the guard shall allow: --allow, and "guard": { "allow": [..] } of sme-data.json. For a relation that is in both, --allow holds.</summary>
internal sealed class GuardAllowanceFlags
{
    internal Option<string[]> Allow { get; } = new("--allow")
    {
        Description = "With --guard: a relation that belongs to no tenant, and why: \"public.countries=the same for every tenant\". May be repeated.",
        HelpName = "relation=reason",
    };

    internal Option<string?> Config { get; } = SchemaFlags.ConfigOption();

    internal IReadOnlyList<GuardAllowance> Read(ParseResult parsed, bool guard)
    {
        var given = parsed.GetValue(Allow) ?? [];
        if (!guard && given.Length > 0)
            throw new ToolFailureException("--allow says what the tenant guard shall allow: give --guard, too.");
        if (!guard)
            return [];
        List<GuardAllowance> allowances = [.. given.Select(Parse)];
        foreach (var allowed in ToolSettings.Read(parsed.GetValue(Config)).Guard?.Allow ?? [])
        {
            if (string.IsNullOrWhiteSpace(allowed?.Relation) || string.IsNullOrWhiteSpace(allowed.Reason))
                throw new ToolFailureException(
                    "guard.allow of the settings: each entry needs \"relation\" and \"reason\", such as "
                    + "{ \"relation\": \"public.countries\", \"reason\": \"the same for every tenant\" }.");
            if (!given.Select(Parse).Any(allowance => allowance.Relation == allowed.Relation))
                allowances.Add(new(allowed.Relation, allowed.Reason));
        }

        return allowances;
    }

    /// <summary>The first = that is not within double quotes: a quoted name may contain one.</summary>
    private static GuardAllowance Parse(string given)
    {
        var (at, isQuoted) = (0, false);
        while (at < given.Length && (isQuoted || given[at] != '='))
            isQuoted ^= given[at++] == '"';
        var relation = given[..at].Trim();
        var reason = at < given.Length ? given[(at + 1)..].Trim() : "";
        return relation.Length > 0 && reason.Length > 0
            ? new(relation, reason)
            : throw new ToolFailureException(
                $"--allow \"{given}\": write the relation, = and the reason, such as --allow \"public.countries=the same for every tenant\".");
    }
}
