using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>
/// The two tenants of the probe: the one that attacks, and the one whose rows must stay out of reach. SeedRole is null for a superuser, whom no policy binds,
/// but who is no tenant either where contexts are sealed.
/// </summary>
internal sealed class ProbeContext(bool superuser, string setting, ProbeIds ids, ProbeSeal? seal, string? seedRole, string own, string other,
    int? level = null)
{
    public bool Superuser => superuser;

    public bool IsSealed => seal is not null;

    public string Setting => setting;

    public ProbeIds Ids => ids;

    public string Own => own;

    public string Other => other;

    /// <summary>Whether rows of tables of the level are attacked: at the others a sibling is the same tenant.</summary>
    public bool Attacks(int tables) => level is null || level == tables;

    public bool IsSibling => level is not null;

    public IReadOnlyList<string> Tenants { get; } = [own, other];

    /// <summary>Act for a tenant in good faith: to seed, to tidy, to look.</summary>
    public IReadOnlyList<string> Enter(string tenant) =>
        [$"SELECT set_config('role', {Identifier.Literal(seedRole ?? "none")}, true), "
            + $"{string.Join(", ", Settings(seal is null || seedRole is not null ? tenant : "", isDemo: false))}"];

    public IReadOnlyList<string> Leave { get; } =
        [$"SELECT {string.Join(", ", (string[])["set_config('role', 'none', true)", .. ids.Context(""), .. seal is null ? [] : (string[])[ProbeSeal.None]])}"];

    /// <summary>What an attacker has set.</summary>
    public IEnumerable<string> Attacking(string tenant, bool isDemo) => Settings(tenant, isDemo);

    /// <summary>The same where contexts are sealed and the setting is anybody's to write: it names the victim, next to the attacker's own token.</summary>
    public IEnumerable<string> Claiming(string tenant, bool isDemo) => [.. ids.Context(other), seal!.For(tenant, isDemo)];

    /// <summary>The same attacker, with another victim: the demo, which no tenant may fill.</summary>
    public ProbeContext Against(string tenant) => new(superuser, setting, ids, seal, superuser ? null : seedRole, own, tenant);

    /// <summary>The same attacker, with a victim that differs at one level: another organization of the same tenant.</summary>
    public ProbeContext Beside(int victim) => new(superuser, setting, ids, seal, seedRole, own, ids.Sibling(own, victim), victim);

    /// <summary>The same, as one tenant that is nobody's victim.</summary>
    public ProbeContext ForOwn(string tenant) => new(superuser, setting, ids, seal, seedRole, tenant, other);

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
        if (model.MissingName is { } missing)
            throw new TenantSchemaException(missing);
        if (model.TenantTables.Count == 0)
            throw new IsolationProbeException($"No table has a column {string.Join(" or ", options.TenantColumns.Select(name => $"\"{name}\""))}: "
                + "set TenantColumn and Schemas to what the database has.");
        var login = (await session.ScalarAsync("SELECT session_user::text").ConfigureAwait(false))!;
        var role = model.Catalog.Roles.Values.First(role => role.Name == login);
        if (!role.Superuser && !options.AppLogins.Contains(login))
            throw new IsolationProbeException($"The login \"{login}\" is neither a superuser nor one of AppLogins. "
                + "Connect as a superuser of a throwaway database, or as the login of the app.");
        var seal = model.IsSealed ? await ProbeSeal.OfAsync(session, role.Superuser, options.SealKey).ConfigureAwait(false) : null;
        var seedRole = role.Superuser && seal is null ? null : model.Identities.TenantRoles
            .FirstOrDefault(tenant => !options.DemoRoles.Contains(tenant.Name)
                && (role.Superuser || model.Identities.MayBecome(role).Any(reached => reached.Oid == tenant.Oid)))?.Name;
        var ids = new ProbeIds(model, [.. Enumerable.Range(0, model.Context.LevelCount).Select(level => TypeOf(catalog, level))]);
        var context = new ProbeContext(role.Superuser, model.Context.TenantSetting, ids, seal, seedRole, ids.New(0, 'a'), ids.New(0, 'b'));
        if (context.IsSealed)
            await context.RequireKeyAsync(session).ConfigureAwait(false);
        else if (model.Context.IsGiven)
            await context.RequireContextAsync(session).ConfigureAwait(false);
        return context;
    }

    /// <summary>Of the tenants' own ids where there is such a table; of what a domain is made of.</summary>
    private static string TypeOf(ProbeCatalog catalog, int level)
    {
        if (catalog.Model.ColumnOf(level) is not { } column)
            return "text";
        var type = catalog.TypesByOid[catalog.ColumnsOf[column.Relation].First(known => known.Name == column.Name).TypeOid];
        while (type.Kind == 'd')
            type = catalog.TypesByOid[type.Below[0]];
        return type.Name;
    }

    private async Task RequireContextAsync(ProbeSession session)
    {
        var (_, error) = await session.TryAsync(() => session.UndoneAsync(async () =>
            { await session.RunAsync($"SELECT {string.Join(", ", ids.Context(own))}").ConfigureAwait(false); return own; })).ConfigureAwait(false);
        if (error is not null)
            throw new TenantSchemaException($"Context: {ServerText.Of(error)} ({error.SqlState}).", error);
    }

    /// <summary>Else every refusal would be one of the key, and prove nothing.</summary>
    private async Task RequireKeyAsync(ProbeSession session)
    {
        var (_, error) = await session.TryAsync(() => session.ScalarAsync([.. Enter(own), "SELECT app.current_org_id()::text", .. Leave]))
            .ConfigureAwait(false);
        if (error is not null)
            throw new IsolationProbeException($"The probe cannot act as a tenant: {ServerText.Of(error)} ({error.SqlState}). {error.Hint}", error);
    }

    private IEnumerable<string> Settings(string tenant, bool isDemo) => [.. ids.Context(tenant), .. seal is null ? [] : (string[])[seal.For(tenant, isDemo)]];
}
