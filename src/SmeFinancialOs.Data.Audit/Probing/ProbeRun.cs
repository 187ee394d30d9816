using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Shipped;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>One probe, from the first row to the last attack, in a transaction that the caller rolls back.</summary>
internal sealed partial class ProbeRun
{
    private readonly ProbeSession _session;
    private readonly IsolationProbeOptions _options;
    private readonly ProbeCatalog _catalog;
    private readonly ProbeContext _context;
    private readonly Seeder _seeder;
    private readonly RowRemover _scenery;
    private readonly Findings _findings;
    private readonly Dictionary<string, Privileges> _rights;

    private ProbeRun(ProbeSession session, IsolationProbeOptions options, ProbeCatalog catalog, ProbeContext context, Findings findings,
        Dictionary<string, Privileges> rights)
    {
        _session = session;
        _options = options;
        _catalog = catalog;
        _context = context;
        _findings = findings;
        _rights = rights;
        _seeder = new(session, catalog, context, options);
        _scenery = new(session, catalog, context, _seeder, findings);
    }

    private DatabaseModel Model => _catalog.Model;

    internal static async Task<IsolationReport> RunAsync(ProbeSession session, IsolationProbeOptions options, IProgress<string>? progress)
    {
        var catalog = await ProbeCatalog.ReadAsync(session, options).ConfigureAwait(false);
        // The catalog was read without anybody's path.
        await session.RunAsync("SET LOCAL search_path TO DEFAULT", "SET LOCAL lock_timeout = '30s'").ConfigureAwait(false);
        var context = await ProbeContext.OfAsync(session, options, catalog).ConfigureAwait(false);
        var run = new ProbeRun(session, options, catalog, context, new Findings(options), []);
        var actors = await run.LoginsAsync().ConfigureAwait(false);
        await run.RunAsync(actors, progress).ConfigureAwait(false);
        return run._findings.Report(session.Connection.PostgreSqlVersion, [.. actors.Select(actor => actor.Rights).Distinct().Order(StringComparer.Ordinal)]);
    }

    private async Task<List<Actor>> LoginsAsync()
    {
        foreach (var name in _options.AppLogins.Where(name => Model.Identities.AppLogins.All(login => login.Name != name)))
            throw new IsolationProbeException($"The login \"{name}\" does not exist: set AppLogins to the logins of the host app.");
        var self = await _session.ScalarAsync("SELECT session_user::text").ConfigureAwait(false);
        var actors = new List<Actor>();
        foreach (var login in Model.Identities.AppLogins.Where(login => _context.Superuser || login.Name == self))
        {
            var defaults = Actor.DefaultsOf(login, Model.Catalog, _context);
            foreach (var admin in Model.Identities.AdminRoles.Intersect(Model.Identities.MayBecome(login)))
                _findings.Unclear(admin.Sql, $"Not attacked: it sees every tenant, and {login.Sql} may become it. See login-may-become-admin of the audit.");
            var roles = Model.Identities.Attackers(login).Where(role => role.Oid != login.Oid).Select(role => role.Name).Prepend(null);
            foreach (var role in roles)
            {
                var actor = new Actor(login.Name, role, role is not null && _options.DemoRoles.Contains(role), null, _context, defaults);
                var (able, _) = await _session.TryAsync(() => _session.UndoneAsync(async () =>
                    { await _session.RunAsync([.. actor.Enter]).ConfigureAwait(false); return actor; })).ConfigureAwait(false);
                if (able is null)
                    continue;
                actors.Add(actor);
                _rights.TryAdd(actor.Rights, await Privileges.ReadAsync(_session, actor.Rights).ConfigureAwait(false));
            }
        }
        return actors;
    }

    private async Task RunAsync(List<Actor> actors, IProgress<string>? progress)
    {
        progress?.Report("rows of two tenants");
        if (_context.Superuser)
        {
            // Before any tenant is set: only then a setting that was never set reads NULL.
            await _seeder.FillAsync(false).ConfigureAwait(false);
            await AttackAsync(actors, progress, "no tenant").ConfigureAwait(false);
        }
        else
        {
            await DefaultTenantAsync(actors[0]).ConfigureAwait(false);
        }
        if (!_context.Superuser || _seeder.Failures.Count > 0)
            await _seeder.FillAsync(true).ConfigureAwait(false);
        foreach (var table in Model.Catalog.Relations.Values.Where(table => _seeder.Failures.ContainsKey(table.Oid) && IsReported(table)))
            _findings.Unclear(table.Name, $"It could not be filled: {_seeder.Failures[table.Oid]}");
        foreach (var table in Model.Catalog.Relations.Values.Where(table => table.Kind == 'f' && Model.AppGrants(GrantKind.Relation, table.Oid).Any()))
            _findings.Unclear(table.Name, "It is a foreign table: what it holds is out of reach of the probe.");

        await AttackAsync([.. actors.Select(actor => actor with { Tenant = "" })], progress, "an empty tenant").ConfigureAwait(false);
        await AttackAsync([.. actors.Select(actor => actor with { Tenant = _context.Own })], progress, "another tenant").ConfigureAwait(false);
        if (_context.IsSealed)
        {
            await AttackAsync([.. actors.Select(actor => actor with { Tenant = _context.Own, Claims = true })], progress, "a tenant that names another one")
                .ConfigureAwait(false);
        }
        foreach (var level in _context.Ids.SiblingLevels.Where(level => _catalog.RootTables.Any(table => _catalog.LevelOf(table) == level)))
            await new ProbeRun(_session, _options, _catalog, _context.Beside(level), _findings, _rights).AttackSiblingAsync(actors, progress, _seeder.Failures)
                .ConfigureAwait(false);
        var demo = actors.Where(actor => actor.Demo).Select(actor => actor with { Tenant = _context.Other }).ToList();
        if (demo.Count == 0)
            return;
        await AttackAsync(demo, progress, "the demo").ConfigureAwait(false);
        // Where the demo's role may do nothing, there is no demo.
        if (_options.DemoTenant is { } tenant && _catalog.Tables.Any(table => demo.Exists(actor => _rights[actor.Rights].HasAny(table)))
            && await ProbeContext.IsTenantAsync(tenant, demo[0].Rights, _session, _catalog, _findings).ConfigureAwait(false))
            await new ProbeRun(_session, _options, _catalog, _context.Against(tenant), _findings, _rights).AttackDemoAsync(actors, progress)
                .ConfigureAwait(false);
    }

    private async Task DefaultTenantAsync(Actor actor)
    {
        var setting = $"SELECT current_setting({Identifier.Literal(_context.Setting)}, true)";
        if (await _session.ScalarAsync(setting).ConfigureAwait(false) is { Length: > 0 })
            _findings.Breach(new(actor.Login, actor.Rights, "select", setting, actor.Pair), "The login has a tenant before it sets one.");
    }

    private async Task AttackAsync(List<Actor> actors, IProgress<string>? progress, string who)
    {
        await _scenery.RefreshAsync().ConfigureAwait(false);
        progress?.Report($"reading as {who}");
        var calls = new FunctionCalls(_catalog, _context, _seeder, new ValueCheck(_session));
        var functions = new List<(ProbeFunction Function, string Call)>();
        foreach (var function in calls.Callable)
        {
            if (ResolverForm.IsShipped(Model, Model.Catalog.Functions[function.Oid]))
            {
                _findings.Known(function.Signature, ResolverForm.PurposeOf(Model.Catalog.Functions[function.Oid]));
                continue;
            }

            var made = await calls.CallsAsync(function).ConfigureAwait(false);
            if (made.Count == 0 && Model.Catalog.Functions[function.Oid].Definer)
                _findings.Unclear(function.Signature, "No arguments could be made up for it.");
            functions.AddRange(made.Select(call => (function, call)));
        }
        var relations = _catalog.Tables.Where(IsAttacked).Concat(Views()).ToList();
        var questions = actors.SelectMany(actor => relations
            .SelectMany(relation => Observations.Of(relation, [.. _catalog.ColumnsOf[relation.Oid]], _rights[actor.Rights]))
            .Concat(functions.Where(call => !call.Function.Procedure).Select(call => FunctionCalls.Asked(call.Function, call.Call)))
                .Select(question => (actor, question))).ToList();
        await new Observations(_session, _findings).CompareAsync(questions, _scenery.WithoutOtherAsync).ConfigureAwait(false);

        var attacker = new Attacker(_session, _context, _findings);
        var controls = Controlled(attacker);
        foreach (var target in Targets())
        {
            progress?.Report($"{target.Name} as {who}");
            await AttackAsync(attacker, controls, actors, target).ConfigureAwait(false);
        }
        controls.Conclude();
        attacker.Forget();
        var everything = string.Join(" || ", _catalog.RootTables.Where(IsAttacked).Select(table => $"({_seeder.Rows.Fingerprint(table, _context.Other)})"));
        foreach (var actor in actors)
        {
            foreach (var (function, call) in functions)
                await attacker.RunAsync(actor, new(function.Signature, "call", call, "SELECT " + everything)).ConfigureAwait(false);
        }
    }
}
