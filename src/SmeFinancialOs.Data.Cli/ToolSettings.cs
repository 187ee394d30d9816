using System.Text.Json;
using System.Text.Json.Serialization;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli;

/// <summary>
/// sme-data.json: what would otherwise be said with every command. A name that nobody knows is an error, or a misspelt allowance would be none.
/// </summary>
internal sealed class ToolSettings
{
    internal const string DefaultFile = "sme-data.json";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public string? TenantColumn { get; init; }

    public string[]? OtherTenantColumns { get; init; }

    public string? TenantSetting { get; init; }

    public string? Context { get; init; }

    public MembershipSettings? Membership { get; init; }

    public string? TenantTable { get; init; }

    public string[]? AppLogins { get; init; }

    public string[]? TenantRoles { get; init; }

    public string[]? AdminLogins { get; init; }

    public string[]? AdminRoles { get; init; }

    public string[]? Schemas { get; init; }

    public AllowedObject[]? Allowlist { get; init; }

    public string? Baseline { get; init; }

    public ProbeSettings Probe { get; init; } = new();

    public GuardSettings? Guard { get; init; }

    internal static ToolSettings Read(string? file)
    {
        if (file is null && !File.Exists(DefaultFile))
            return new();
        file ??= DefaultFile;
        try
        {
            return JsonSerializer.Deserialize<ToolSettings>(File.ReadAllText(file), Format) ?? new();
        }
        catch (JsonException fault)
        {
            throw new ToolFailureException($"{file}: {fault.Message}");
        }
    }

    /// <summary>Of the probe alone: what it may find, whether the app may add tenants,
    /// and values for rows where it cannot think of any: table to column to an SQL expression.</summary>
    internal sealed record ProbeSettings
    {
        public string[]? DemoRoles { get; init; }

        public bool AllowSignUp { get; init; }

        public Dictionary<string, Dictionary<string, string>>? Values { get; init; }
    }

    internal sealed record MembershipSettings(string? Table, string? UserColumn, string? TenantColumn)
    {
        internal MembershipTable ToTable() => new(Table ?? "", UserColumn ?? "", TenantColumn ?? "");
    }

    /// <summary>Of migrate --guard.</summary>
    internal sealed record GuardSettings
    {
        public AllowedRelation[]? Allow { get; init; }
    }

    internal sealed record AllowedRelation(string? Relation, string? Reason);

    /// <summary>Rule: of the audit, of the probe, or "*" for both. Attack: the one attack of a breach that is allowed.</summary>
    internal sealed record AllowedObject(string? Object, string? Rule, string? Reason, string? Attack = null)
    {
        internal bool IsForProbe => Rule == IsolationAllowance.EveryRule || IsolationProbe.Rules.Contains(Rule);

        internal bool IsForAudit => Rule == AuditAllowance.EveryRule || !IsForProbe;

        internal AuditAllowance ForAudit() => Attack is null
            ? new(Object ?? "", Rule ?? "", Reason ?? "")
            : throw new ToolFailureException($"{Object}: \"attack\" goes with the rules of the probe, {string.Join(", ", IsolationProbe.Rules)}.");

        internal IsolationAllowance ForProbe() => new(Object ?? "", Rule ?? "", Reason ?? "", Attack);
    }
}
