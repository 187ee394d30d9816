using System.Text.RegularExpressions;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli;

/// <summary>How --context and --membership are written.</summary>
internal static partial class HostContextFlag
{
    /// <summary>SQL, or the name of a preset.</summary>
    internal static (string? Context, TenantSchemaPreset? Preset) Read(string? text)
    {
        if (text is null || text.Contains('(', StringComparison.Ordinal))
            return (text, null);
        var preset = TenantSchemaPreset.All.FirstOrDefault(preset => preset.Name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase))
            ?? throw new ToolFailureException($"--context {text}: it is neither SQL, such as \"set_config('app.tenant', :tenant, true)\", nor one of "
                + $"{string.Join(", ", TenantSchemaPreset.All.Select(known => known.Name))}.");
        return (preset.Context, preset);
    }

    /// <summary>public.members(user_id, org_id)</summary>
    internal static MembershipTable Membership(string text) => Form().Match(text) is { Success: true } match
        ? new(match.Groups["table"].Value, match.Groups["user"].Value.Trim('"'), match.Groups["tenant"].Value.Trim('"'))
        : throw new ToolFailureException($"--membership {text}: write the table with its schema and its two columns, \"public.members(user_id, org_id)\".");

    [GeneratedRegex(@"^\s*(?<table>[^()\s]+\.[^()\s]+)\s*\(\s*(?<user>[^(),\s]+)\s*,\s*(?<tenant>[^(),\s]+)\s*\)\s*$")]
    private static partial Regex Form();
}
