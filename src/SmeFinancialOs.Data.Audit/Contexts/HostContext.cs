using System.Text.RegularExpressions;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Contexts;

/// <summary>
/// The SQL by which the host says who is asking, with placeholders for ids. Levels: a tenant column with a placeholder of its own name has ids of its own, as
/// an organization below a tenant has. All other tenant columns are of level 0, which :tenant stands for.
/// </summary>
internal sealed partial class HostContext
{
    internal const string User = "user";
    private const string Tenant = "tenant";

    private readonly string _expression;
    private readonly List<string> _levels;
    private readonly bool _namesLowest;

    internal HostContext(TenantSchemaOptions options)
    {
        IsGiven = options.Context is not null;
        _expression = options.Context ?? $"set_config({Identifier.Literal(options.TenantSetting)}, :{Tenant}, true)";
        var placeholders = Placeholders(_expression);
        _levels = [options.TenantColumn, .. options.OtherTenantColumns.Where(placeholders.Contains)];
        NamesUser = placeholders.Contains(User);
        _namesLowest = placeholders.Contains(Tenant) || placeholders.Contains(options.TenantColumn) || (NamesUser && options.Membership is { } members
            && LevelOf(members.TenantColumn) == 0);
        var settings = SettingsOf(_expression, [Tenant, .. _levels]);
        Settings = [.. settings.Select(setting => setting.Name).Where(name => name.Contains('.', StringComparison.Ordinal)).Distinct()];
        var carrying = settings.Where(setting => setting.IsTenant).Select(setting => setting.Name).DefaultIfEmpty(options.TenantSetting);
        Source = string.Join(" or ", IsGiven && Settings.Count > 0 && settings.TrueForAll(setting => !setting.IsTenant) ? Settings : carrying.Distinct());
        TenantSetting = settings.Find(setting => setting.IsTenant).Name ?? options.TenantSetting.ToLowerInvariant();
    }

    /// <summary>Whether the host has said it. Else it is a set_config of the tenant's setting.</summary>
    public bool IsGiven { get; }

    public bool NamesUser { get; }

    /// <summary>Those that the expression names, in lower case, without PostgreSQL's own, such as the role.</summary>
    public IReadOnlyList<string> Settings { get; }

    /// <summary>The one whose value is made of the tenant's id, in lower case.</summary>
    public string TenantSetting { get; }

    /// <summary>For messages: the settings that say who is asking, the tenant's where the expression has it.</summary>
    public string Source { get; }

    public int LevelCount => _levels.Count;

    public int LevelOf(string column) => Math.Max(0, _levels.IndexOf(column));

    /// <summary>Whether the context says which tenant of the level is asking: by a placeholder, or by a user who is a member of it.</summary>
    public bool Carries(int level) => level > 0 || _namesLowest;

    /// <summary>A SELECT list. tenant: the id at a level. A value that is null is written as NULL.</summary>
    public string Sql(Func<int, string?> tenant, string? user) => Replace(_expression, name => name == User ? user : tenant(LevelOf(name)));

    /// <summary>Null where the expression can be used; else why it cannot.</summary>
    internal static string? Fault(TenantSchemaOptions options)
    {
        if (options.Context is not { } expression)
            return null;
        var placeholders = Placeholders(expression);
        string[] known = [Tenant, User, options.TenantColumn, .. options.OtherTenantColumns];
        if (placeholders.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            return $"the placeholder :{unknown} is unknown; known are {string.Join(", ", known.Distinct().Select(name => ":" + name))}";
        return placeholders.Count > 0 ? null
            : $"it has no placeholder, so that every tenant would be the same: write :{Tenant} where the id stands, or :{User}";
    }

    private static HashSet<string> Placeholders(string expression) =>
        [.. Lexemes().Matches(expression).Select(match => match.Groups["name"].Value).Where(name => name.Length > 0)];

    private static string Replace(string expression, Func<string, string?> value) => Lexemes().Replace(expression, match =>
        match.Groups["name"] is not { Success: true } name ? match.Value : value(name.Value) is { } text ? Identifier.Literal(text) : "NULL");

    /// <summary>set_config('name', value, true), for a name that is written down.</summary>
    private static List<(string Name, bool IsTenant)> SettingsOf(string expression, string[] tenants)
    {
        var marks = tenants.Select(name => Identifier.Literal(Mark(name))).ToHashSet();
        return [.. from call in SqlText.Of(Replace(expression, Mark)).Calls()
                   where call.Name.Equals("set_config", StringComparison.OrdinalIgnoreCase)
                   let arguments = call.Arguments.Split(",")
                   where arguments.Count == 3 && arguments[0].Bare()[0] is ['\'', .., '\'']
                   select (arguments[0].Bare()[0][1..^1].Replace("''", "'", StringComparison.Ordinal).ToLowerInvariant(), marks.Any(arguments[1].Has))];
    }

    private static string Mark(string placeholder) => "\u0001" + placeholder;

    /// <summary>Strings, quoted names and casts are no placeholders.</summary>
    [GeneratedRegex("""'(?:[^']|'')*'|"(?:[^"]|"")*"|::|:(?<name>[\p{L}_][\p{L}\p{N}_]*)""")]
    private static partial Regex Lexemes();
}
