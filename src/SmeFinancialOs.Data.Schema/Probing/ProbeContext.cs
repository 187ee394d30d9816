using System.Globalization;
using System.Security.Cryptography;
using SmeFinancialOs.Data.Schema.Audit;

namespace SmeFinancialOs.Data.Schema.Probing;

// The two tenants of the probe: the one that attacks, and the one whose rows must stay out of reach. SeedRole is null for a superuser, whom no policy binds.
internal sealed class ProbeContext(bool superuser, string setting, string? seedRole, string own, string other)
{
    public bool Superuser => superuser;

    public string Setting => setting;

    public string Own => own;

    public string Other => other;

    public IReadOnlyList<string> Tenants { get; } = [own, other];

    // Act for a tenant in good faith: to seed, to tidy, to look.
    public IReadOnlyList<string> Enter(string tenant) =>
        [$"SELECT set_config('role', {Identifier.Literal(seedRole ?? "none")}, true), set_config({Identifier.Literal(setting)}, {Identifier.Literal(tenant)}, true)"];

    public IReadOnlyList<string> Leave { get; } = [$"SELECT set_config('role', 'none', true), set_config({Identifier.Literal(setting)}, '', true)"];

    // The same attacker, with another victim.
    public ProbeContext Against(string tenant) => new(superuser, setting, seedRole, own, tenant);

    internal static async Task<ProbeContext> OfAsync(ProbeSession session, IsolationProbeOptions options, ProbeCatalog catalog)
    {
        var scene = catalog.Scene;
        if (scene.TenantTables.Count == 0)
            throw new IsolationProbeException($"No table has a column \"{options.TenantColumn}\": set TenantColumn and Schemas to what the database has.");
        var login = (await session.ScalarAsync("SELECT session_user::text").ConfigureAwait(false))!;
        var role = scene.Catalog.Roles.Values.First(role => role.Name == login);
        if (!role.Superuser && !options.AppLogins.Contains(login))
            throw new IsolationProbeException($"The login \"{login}\" is neither a superuser nor one of AppLogins. "
                + "Connect as a superuser of a throwaway database, or as the login of the app.");
        var seedRole = role.Superuser ? null : scene.Identities.TenantRoles
            .FirstOrDefault(tenant => !options.DemoRoles.Contains(tenant.Name) && scene.Identities.MayBecome(role)
                .Any(reached => reached.Oid == tenant.Oid))?.Name;
        var type = catalog.TypesByOid[catalog.TenantColumn(scene.Tenants ?? scene.TenantTables[0]).TypeOid].Name;
        return new(role.Superuser, options.TenantSetting, seedRole, NewTenant(type, 'a'), NewTenant(type, 'b'));
    }

    private static string NewTenant(string type, char which) => type switch
    {
        "uuid" => Guid.NewGuid().ToString(),
        "smallint" => RandomNumberGenerator.GetInt32(10_000, 32_000).ToString(CultureInfo.InvariantCulture),
        "integer" or "bigint" or "numeric" => RandomNumberGenerator.GetInt32(1_000_000_000, int.MaxValue).ToString(CultureInfo.InvariantCulture),
        _ => $"{which}{RandomNumberGenerator.GetHexString(9, true)}",
    };
}
