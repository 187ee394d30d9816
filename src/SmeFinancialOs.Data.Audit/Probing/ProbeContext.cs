using System.Globalization;
using System.Security.Cryptography;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>
/// The two tenants of the probe: the one that attacks, and the one whose rows must stay out of reach. SeedRole is null for a superuser, whom no policy binds,
/// but who is no tenant either where contexts are sealed.
/// </summary>
internal sealed class ProbeContext(bool superuser, string setting, ProbeSeal? seal, string? seedRole, string own, string other)
{
    public bool Superuser => superuser;

    public bool IsSealed => seal is not null;

    public string Setting => setting;

    public string Own => own;

    public string Other => other;

    public IReadOnlyList<string> Tenants { get; } = [own, other];

    /// <summary>Act for a tenant in good faith: to seed, to tidy, to look.</summary>
    public IReadOnlyList<string> Enter(string tenant) =>
        [$"SELECT set_config('role', {Identifier.Literal(seedRole ?? "none")}, true), "
            + $"{string.Join(", ", Settings(seal is null || seedRole is not null ? tenant : "", isDemo: false))}"];

    public IReadOnlyList<string> Leave { get; } =
        [$"SELECT set_config('role', 'none', true), set_config({Identifier.Literal(setting)}, '', true)" + (seal is null ? "" : ", " + ProbeSeal.None)];

    /// <summary>
    /// What an attacker has set. Where contexts are sealed the setting is anybody's to write: it is the victim's, next to the attacker's own token.
    /// </summary>
    public IEnumerable<string> Attacking(string tenant, bool isDemo) => seal is null || tenant.Length == 0
        ? Settings(tenant, isDemo)
        : [Plain(other), seal.For(tenant, isDemo)];

    /// <summary>The same attacker, with another victim: the demo, which no tenant may fill.</summary>
    public ProbeContext Against(string tenant) => new(superuser, setting, seal, superuser ? null : seedRole, own, tenant);

    /// <summary>The same, as one tenant that is nobody's victim.</summary>
    public ProbeContext ForOwn(string tenant) => new(superuser, setting, seal, seedRole, tenant, other);

    /// <summary>The id of our own demo is a uuid, which is no tenant of a schema with numbers.</summary>
    internal static async Task<bool> IsTenantAsync(string tenant, string role, ProbeSession session, ProbeCatalog catalog, Findings findings)
    {
        var column = catalog.TenantColumn(catalog.Model.Tenants ?? catalog.Model.TenantTables[0]);
        var (_, error) = await session.TryAsync(() => session.RowsAsync($"SELECT {column.Value(tenant)}::text")).ConfigureAwait(false);
        if (error is not null)
            findings.Unclear(role, $"Writing to the demo was not tried: DemoTenant is no {column.Type}: {Refusals.Text(error)}");
        return error is null;
    }

    internal static async Task<ProbeContext> OfAsync(ProbeSession session, IsolationProbeOptions options, ProbeCatalog catalog)
    {
        var model = catalog.Model;
        if (model.TenantTables.Count == 0)
            throw new IsolationProbeException($"No table has a column \"{options.TenantColumn}\": set TenantColumn and Schemas to what the database has.");
        var login = (await session.ScalarAsync("SELECT session_user::text").ConfigureAwait(false))!;
        var role = model.Catalog.Roles.Values.First(role => role.Name == login);
        if (!role.Superuser && !options.AppLogins.Contains(login))
            throw new IsolationProbeException($"The login \"{login}\" is neither a superuser nor one of AppLogins. "
                + "Connect as a superuser of a throwaway database, or as the login of the app.");
        var seal = model.IsSealed ? await ProbeSeal.OfAsync(session, role.Superuser, options.SealKey).ConfigureAwait(false) : null;
        var seedRole = role.Superuser && seal is null ? null : model.Identities.TenantRoles
            .FirstOrDefault(tenant => !options.DemoRoles.Contains(tenant.Name)
                && (role.Superuser || model.Identities.MayBecome(role).Any(reached => reached.Oid == tenant.Oid)))?.Name;
        var type = catalog.TypesByOid[catalog.TenantColumn(model.Tenants ?? model.TenantTables[0]).TypeOid].Name;
        var context = new ProbeContext(role.Superuser, options.TenantSetting, seal, seedRole, NewTenant(type, 'a'), NewTenant(type, 'b'));
        if (context.IsSealed)
            await context.RequireKeyAsync(session).ConfigureAwait(false);
        return context;
    }

    /// <summary>Else every refusal would be one of the key, and prove nothing.</summary>
    private async Task RequireKeyAsync(ProbeSession session)
    {
        var (_, error) = await session.TryAsync(() => session.ScalarAsync([.. Enter(own), "SELECT app.current_org_id()::text", .. Leave]))
            .ConfigureAwait(false);
        if (error is not null)
            throw new IsolationProbeException($"The probe cannot act as a tenant: {ServerText.Of(error)} ({error.SqlState}). {error.Hint}", error);
    }

    private IEnumerable<string> Settings(string tenant, bool isDemo) => seal is null ? [Plain(tenant)] : [Plain(tenant), seal.For(tenant, isDemo)];

    private string Plain(string tenant) => $"set_config({Identifier.Literal(setting)}, {Identifier.Literal(tenant)}, true)";

    private static string NewTenant(string type, char which) => type switch
    {
        "uuid" => Guid.NewGuid().ToString(),
        "smallint" => RandomNumberGenerator.GetInt32(10_000, 32_000).ToString(CultureInfo.InvariantCulture),
        "integer" or "bigint" or "numeric" => RandomNumberGenerator.GetInt32(1_000_000_000, int.MaxValue).ToString(CultureInfo.InvariantCulture),
        _ => $"{which}{RandomNumberGenerator.GetHexString(9, true)}",
    };
}
