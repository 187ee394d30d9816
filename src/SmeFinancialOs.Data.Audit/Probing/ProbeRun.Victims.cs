namespace SmeFinancialOs.Data.Audit.Probing;

/// <content>Other victims: another organization of the same tenant, and the demo.</content>
internal sealed partial class ProbeRun
{
    /// <summary>failures: of the tables that could not be filled at all.</summary>
    private async Task AttackSiblingAsync(List<Actor> actors, IProgress<string>? progress, Dictionary<uint, string> failures)
    {
        await _seeder.FillAsync(true).ConfigureAwait(false);
        foreach (var table in _catalog.Tables.Where(table => IsAttacked(table) && IsReported(table) && !failures.ContainsKey(table.Oid)))
        {
            if (_seeder.Failures.TryGetValue(table.Oid, out var reason))
                _findings.Unclear(table.Name, $"Whether another organization of the same tenant reaches its rows was not tried: "
                    + $"it could not be filled: {reason}");
        }
        await AttackAsync([.. actors.Select(actor => actor with { Tenant = _context.Own, Context = _context })], progress,
            "another organization of the same tenant").ConfigureAwait(false);
    }

    /// <summary>The demo's own rows are for its role to read: nobody else reads them, and nobody writes them, not even under the demo's own name.</summary>
    private async Task AttackDemoAsync(List<Actor> actors, IProgress<string>? progress)
    {
        await _seeder.FillAsync(true).ConfigureAwait(false);
        // The app's own login may well be kept from writing the demo's rows: that is what is wanted.
        foreach (var table in _catalog.Tables.Where(table => _context.Superuser && _seeder.Failures.ContainsKey(table.Oid)))
            _findings.Unclear(table.Name, $"It could not be filled: {_seeder.Failures[table.Oid]}");
        var demo = actors.Select(actor => actor with { Tenant = _context.Other, Context = _context }).ToList();
        var strangers = actors.Where(actor => !actor.Demo)
            .SelectMany(actor => new[] { "", _context.Own }.Select(tenant => actor with { Tenant = tenant, Context = _context })).ToList();
        var attacker = new Attacker(_session, _context, _findings);
        var reader = _context.ForOwn(_context.Other);
        var controls = Controlled(new Attacker(_session, reader, _findings));
        foreach (var target in Targets())
        {
            progress?.Report($"{target.Name} of the demo");
            attacker.Forget();
            foreach (var actor in demo.Where(actor => actor.Demo))
                await controls.ReadAsync(actor, target with { Context = reader, Own = target.Other }).ConfigureAwait(false);
            await EachAsync(attacker, strangers, target, null, null, _ => TableAttacks.AsSeeded(target)).ConfigureAwait(false);
            await WriteAsync(attacker, null, demo, target).ConfigureAwait(false);
        }
        controls.Conclude();
    }
}
