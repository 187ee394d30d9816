namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>A snapshot as its file has it. Incomplete: what the login was not allowed to read or to judge.</summary>
internal sealed record SnapshotDocument(int ServerMajorVersion, Fact Options, IReadOnlyList<string> Incomplete, Facts Facts)
{
    /// <summary>Rises when a file of an earlier version would be read wrongly.</summary>
    public const int FormatVersion = 1;

    /// <summary>The options on which the verdicts rest.</summary>
    public static Fact OptionsOf(TenantSchemaOptions options) => new()
    {
        ["adminLogins"] = Names(options.AdminLogins),
        ["adminRoles"] = Names(options.AdminRoles),
        ["appLogins"] = Names(options.AppLogins),
        ["context"] = options.Context ?? "",
        ["membership"] = options.Membership is { } members ? $"{members.Table}({members.UserColumn}, {members.TenantColumn})" : "",
        ["otherTenantColumns"] = string.Join(", ", options.OtherTenantColumns),
        ["schemas"] = options.Schemas is { } schemas ? Names(schemas) : "",
        ["tenantColumn"] = options.TenantColumn,
        ["tenantRoles"] = Names(options.TenantRoles),
        ["tenantSetting"] = options.TenantSetting,
        ["tenantTable"] = options.TenantTable ?? "",
    };

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Distinct().Order(StringComparer.Ordinal));
}
