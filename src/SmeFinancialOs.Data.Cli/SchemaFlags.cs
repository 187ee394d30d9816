using System.CommandLine;
using SmeFinancialOs.Data.Audit;

namespace SmeFinancialOs.Data.Cli;

/// <summary>How this database keeps its tenants apart: options, over sme-data.json, over the names of this library's own schema.</summary>
internal sealed class SchemaFlags
{
    /// <summary>A secret: a command line is everybody's to see.</summary>
    internal const string SealKeyVariable = "SME_DATA_SEAL_KEY";

    private readonly Option<string?> _config = ConfigOption();
    private readonly Option<string?> _tenantColumn = new("--tenant-column") { Description = "The column that says whose row it is. [default: org_id]" };
    private readonly Option<string[]> _otherTenantColumns = Names("--other-tenant-column",
        "The tenant column of tables that lack the first one; the first that a table has counts.");
    private readonly Option<string?> _context = new("--context")
    {
        Description = "The SQL by which the host says who is asking, with :tenant and :user for their ids, where it does more than to set --tenant-setting; or "
            + $"one of {string.Join(", ", TenantSchemaPreset.All.Select(preset => preset.Name))}.",
    };
    private readonly Option<string?> _membership = new("--membership")
    { Description = "The table that says which users belong to which tenants: \"public.members(user_id, org_id)\"." };
    private readonly Option<string?> _tenantSetting =
        new("--tenant-setting") { Description = "The setting that says who is asking. [default: app.current_org_id]" };
    private readonly Option<string?> _tenantTable =
        new("--tenant-table") { Description = "The table of the tenants, with its schema; found by itself otherwise." };
    private readonly Option<string[]> _appLogins = Names("--app-login", "A login of the app. [default: app_user]");
    private readonly Option<string[]> _tenantRoles = Names("--tenant-role", "A role that a tenant's request acts as. [default: tenant_role, demo_role]");
    private readonly Option<string[]> _adminLogins = Names("--admin-login", "A login of operators. [default: admin_user]");
    private readonly Option<string[]> _adminRoles = Names("--admin-role", "A role that sees every tenant. [default: admin_role]");
    private readonly Option<string[]> _schemas = Names("--schema", "A schema to look at. [default: all]");
    private readonly Option<string?> _baseline = new("--baseline") { Description = "A file of known findings, which are not reported." };

    internal static Option<string?> ConfigOption() =>
        new("--config") { Description = $"Settings in JSON; {ToolSettings.DefaultFile} of the current folder unless given." };

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_tenantColumn, _otherTenantColumns, _tenantSetting, _context, _membership, _tenantTable, _appLogins,
            _tenantRoles, _adminLogins, _adminRoles,
            _schemas, _baseline, _config])
            command.Options.Add(option);
    }

    internal SchemaAuditOptions Read(ParseResult parsed)
    {
        var settings = ToolSettings.Read(parsed.GetValue(_config));
        var house = new SchemaAuditOptions();
        var (context, preset) = HostContextFlag.Read(parsed.GetValue(_context) ?? settings.Context);
        return new()
        {
            TenantColumn = parsed.GetValue(_tenantColumn) ?? settings.TenantColumn ?? preset?.TenantColumn ?? house.TenantColumn,
            OtherTenantColumns = Given(parsed, _otherTenantColumns) ?? settings.OtherTenantColumns ?? house.OtherTenantColumns,
            Context = context,
            Membership = parsed.GetValue(_membership) is { } membership ? HostContextFlag.Membership(membership) : settings.Membership?.ToTable(),
            TenantSetting = parsed.GetValue(_tenantSetting) ?? settings.TenantSetting ?? house.TenantSetting,
            TenantTable = parsed.GetValue(_tenantTable) ?? settings.TenantTable,
            AppLogins = Given(parsed, _appLogins) ?? settings.AppLogins ?? preset?.AppLogins ?? house.AppLogins,
            TenantRoles = Given(parsed, _tenantRoles) ?? settings.TenantRoles ?? preset?.TenantRoles ?? house.TenantRoles,
            AdminLogins = Given(parsed, _adminLogins) ?? settings.AdminLogins ?? preset?.AdminLogins ?? house.AdminLogins,
            AdminRoles = Given(parsed, _adminRoles) ?? settings.AdminRoles ?? preset?.AdminRoles ?? house.AdminRoles,
            Schemas = Given(parsed, _schemas) ?? settings.Schemas ?? preset?.Schemas,
            Allowlist = [.. (settings.Allowlist ?? []).Where(allowed => allowed.IsForAudit).Select(allowed => allowed.ForAudit())],
            Baseline = (parsed.GetValue(_baseline) ?? settings.Baseline) is { } file ? Baseline.Read(file) : [],
        };
    }

    /// <summary>The same for a probe, which knows nothing of audit rules.</summary>
    internal IsolationProbeOptions ReadForProbe(ParseResult parsed, SchemaAuditOptions audit)
    {
        var settings = ToolSettings.Read(parsed.GetValue(_config));
        var probe = settings.Probe;
        return new()
        {
            TenantColumn = audit.TenantColumn,
            OtherTenantColumns = audit.OtherTenantColumns,
            Context = audit.Context,
            Membership = audit.Membership,
            TenantSetting = audit.TenantSetting,
            TenantTable = audit.TenantTable,
            AppLogins = audit.AppLogins,
            TenantRoles = audit.TenantRoles,
            AdminLogins = audit.AdminLogins,
            AdminRoles = audit.AdminRoles,
            Schemas = audit.Schemas,
            SealKey = Environment.GetEnvironmentVariable(SealKeyVariable) is { Length: > 0 } key ? key : null,
            DemoRoles = probe.DemoRoles ?? new IsolationProbeOptions().DemoRoles,
            AllowSignUp = probe.AllowSignUp,
            Allowlist = [.. (settings.Allowlist ?? []).Where(allowed => allowed.IsForProbe).Select(allowed => allowed.ForProbe())],
            Values = (probe.Values ?? []).ToDictionary(table => table.Key, IReadOnlyDictionary<string, string> (table) => table.Value),
        };
    }

    private static Option<string[]> Names(string name, string description) =>
        new(name) { Description = description + " May be repeated.", AllowMultipleArgumentsPerToken = true };

    private static string[]? Given(ParseResult parsed, Option<string[]> option) => parsed.GetResult(option) is null ? null : parsed.GetValue(option);
}
