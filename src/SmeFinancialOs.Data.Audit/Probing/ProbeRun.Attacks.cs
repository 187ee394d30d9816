using Npgsql;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <content>The attacks on one table or view, with its rows in place as each attack needs them.</content>
internal sealed partial class ProbeRun
{
    private Controls Controlled(Attacker attacker) => new(attacker, Model, _rights, _findings);

    private async Task AttackAsync(Attacker attacker, Controls controls, List<Actor> actors, Target target)
    {
        await EachAsync(attacker, actors, target, null, controls.OnOwnRowAsync, _ => TableAttacks.AsSeeded(target)).ConfigureAwait(false);
        await WriteAsync(attacker, controls, actors, target).ConfigureAwait(false);
    }

    private async Task WriteAsync(Attacker attacker, Controls? controls, List<Actor> actors, Target target)
    {
        await EachAsync(attacker, actors, target, () => _scenery.WithoutAsync(target.Table, _context.Own, target.Other),
            controls is null ? null : controls.InsertAsync, actor => TableAttacks.OnOtherRow(target, _rights[actor.Rights])
                .Concat(target.Object.IsTable ? KeyAttacks.Of(target, _rights[actor.Rights], actor, _catalog, Parents(target)) : [])).ConfigureAwait(false);
        await EachAsync(attacker, actors, target, async () =>
            {
                await _scenery.WithoutAsync(target.Table, _context.Other, target.Own).ConfigureAwait(false);
                await _session.RunAsync(Attacker.Defer).ConfigureAwait(false);
            }, controls is null ? null : controls.OnOwnRowAsync, actor => TableAttacks.IntoOther(target, _rights[actor.Rights],
                _options.AllowSignUp && target.Table.Oid == Model.Tenants?.Oid)).ConfigureAwait(false);
        var parents = target.Object.IsTable && controls is not null && actors.Exists(actor => actor.Tenant == _context.Own && !actor.Demo)
            ? Parents(target) : [];
        if (parents.Exists(item => item.Key.Columns.Any(name => !target.Kept.Contains(name))))
            await EachAsync(attacker, actors, target, () => _scenery.WithoutDependentsAsync(target.Table), null,
                actor => KeyAttacks.Updates(target, _rights[actor.Rights], actor, parents)).ConfigureAwait(false);
        if (target.MayBeOrphan && target.Object.IsTable && controls is not null && _context.Superuser)
            await EachAsync(attacker, actors, target, async () =>
                {
                    await _scenery.WithoutAsync(target.Table, _context.Other, target.Own).ConfigureAwait(false);
                    await _session.RunAsync(target.Insert([.. target.Columns.Where(column => column.Writable)], target.Orphan)).ConfigureAwait(false);
                }, null, actor => TableAttacks.OnOrphan(target, _rights[actor.Rights])).ConfigureAwait(false);
    }

    private async Task EachAsync(Attacker attacker, List<Actor> actors, Target target, Func<Task>? model, Func<Actor, Target, Task>? control,
        Func<Actor, IEnumerable<Attack>> attacks)
    {
        try
        {
            await _session.UndoneAsync(async () =>
            {
                attacker.Forget();
                await (model?.Invoke() ?? Task.CompletedTask).ConfigureAwait(false);
                foreach (var actor in actors)
                {
                    if (control is not null && actor.Tenant == _context.Own && !actor.Demo)
                        await control(actor, target).ConfigureAwait(false);
                    foreach (var attack in attacks(actor))
                        await attacker.RunAsync(actor, attack).ConfigureAwait(false);
                }
                return true;
            }).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (!_session.CancellationToken.IsCancellationRequested)
        {
            _findings.Unclear(target.Name, $"The rows could not be brought into place: {ServerText.Of(fault)} ({fault.SqlState})");
        }
    }
}
