namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>
/// A section of a snapshot, with the properties that each of its objects has. IsOpen: further ones may be there, in capitals, as privileges are. Values: those
/// that a property may have, where there are few.
/// </summary>
internal sealed record SnapshotSection(string Name, string Noun, string[] Properties)
{
    public const string Database = "database";
    public const string DefaultPrivileges = "defaultPrivileges";
    public const string Findings = "findings";
    public const string ForeignKeys = "foreignKeys";
    public const string Functions = "functions";
    public const string Grants = "grants";
    public const string Memberships = "memberships";
    public const string Policies = "policies";
    public const string Roles = "roles";
    public const string Schemas = "schemas";
    public const string Settings = "settings";
    public const string Tables = "tables";
    public const string Triggers = "triggers";
    public const string Verdicts = "verdicts";
    public const string Views = "views";

    private static readonly string[] YesNo = ["yes", "no"];

    public bool IsOpen { get; private init; }

    public IReadOnlyDictionary<string, string[]> Values { get; private init; } = new Dictionary<string, string[]>();

    public static IReadOnlyList<SnapshotSection> All { get; } =
    [
        new(Database, "", ["owner"]),
        new(DefaultPrivileges, "default privileges", ["owner", "schema", "to"]) { IsOpen = true },
        new(Findings, "finding", ["object", "rule", "severity"])
            { Values = new Dictionary<string, string[]> { ["severity"] = ["info", "warning", "error"] } },
        new(ForeignKeys, "foreign key", ["columns", "onDelete", "onUpdate", "state", "table", "target"]),
        new(Functions, "function", ["body", "bodyForm", "language", "leakproof", "owner", "rights", "searchPath", "settings", "volatility"]),
        new(Grants, "privileges on", ["kind", "on", "to"]) { IsOpen = true },
        new(Memberships, "membership", ["admin", "inherit", "member", "role", "set"])
            { Values = new Dictionary<string, string[]> { ["admin"] = YesNo, ["inherit"] = YesNo, ["set"] = YesNo } },
        new(Policies, "policy", ["check", "command", "mode", "roles", "table", "using"])
        {
            Values = new Dictionary<string, string[]>
            {
                ["mode"] = ["permissive", "restrictive"], ["command"] = ["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"],
            },
        },
        new(Roles, "role", ["bypassRls", "createRole", "inherit", "kind", "login", "replication", "superuser"])
            { Values = new Dictionary<string, string[]> { ["kind"] = ["app", "operator", "other"], ["bypassRls"] = YesNo, ["superuser"] = YesNo } },
        new(Schemas, "schema", ["owner"]),
        new(Settings, "default setting", ["of", "setting", "value"]),
        new(Tables, "table", ["kind", "owner", "parents", "rowSecurity", "tenantColumn"])
            { Values = new Dictionary<string, string[]> { ["rowSecurity"] = ["off", "enabled", "forced"] } },
        new(Triggers, "trigger", ["definition", "enabled", "function", "table"]),
        new(Verdicts, "verdict on", ["commands", "reason", "role", "table", "verdict"])
            { Values = new Dictionary<string, string[]> { ["verdict"] = ["closed", "hole", "not judged", "safe"] } },
        new(Views, "view", ["definition", "kind", "owner", "rights"]),
    ];

    public static SnapshotSection Named(string name) => All.First(section => section.Name == name);

    /// <summary>Why a property cannot stand here; null where it can.</summary>
    public string? FaultOf(string property, string value) =>
        Values.TryGetValue(property, out var known) && !known.Contains(value) ? $"\"{value}\" is none of {string.Join(", ", known)}"
        : Properties.Contains(property) || (IsOpen && property.All(c => char.IsAsciiLetterUpper(c) || c == ' ')) ? null : "there is no such property";
}
