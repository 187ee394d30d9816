using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>Carries out attacks one by one, each undone, and judges by what is true afterwards.</summary>
internal sealed class Attacker(ProbeSession session, ProbeContext context, Findings findings)
{
    internal const string Defer = "SET CONSTRAINTS ALL DEFERRED";

    private readonly Dictionary<string, string?> _before = [];
    private readonly Dictionary<string, PostgresException?> _asSuperuser = [];

    /// <summary>The truth before the next attacks.</summary>
    public void Forget()
    {
        _before.Clear();
        _asSuperuser.Clear();
    }

    internal async Task RunAsync(Actor actor, Attack attack)
    {
        var before = await BeforeAsync(attack).ConfigureAwait(false);
        var (result, after, error) = await ExecuteAsync(actor.Enter, actor.Results, context.Superuser ? Actor.Leave : Witness(attack),
            attack).ConfigureAwait(false);
        var attempt = new Attempt(attack.ObjectName, actor.Rights, attack.Kind, attack.Statement, actor.Pair);
        if (Breach(attack, result, before, after, error) is { } message)
            findings.Breach(attempt with { Statement = actor.Script(Printed(attack)) }, message);
        else if (error is null)
            findings.Answered(attempt);
        else
            await Refusals.RecordAsync(findings, actor, attempt, error, attack, () => AsSuperuserAsync(attack)).ConfigureAwait(false);
    }

    /// <summary>Null: the statement did to the attacker's own rows what it should.</summary>
    internal async Task<string?> FaultAsync(Actor actor, Attack control)
    {
        var before = await BeforeAsync(control).ConfigureAwait(false);
        // Two tables may need each other, with constraints that are checked late.
        var (result, after, error) = await ExecuteAsync([Defer, .. actor.Enter], actor.Results, context.Superuser ? Actor.Leave : Witness(control),
            control).ConfigureAwait(false);
        if (error is not null)
            return Refusals.Text(error);
        return Breach(control, result, before, after, error) is null ? control.Sign == Sign.Seen ? "no row is seen" : "no row is written" : null;
    }

    /// <summary>The app's login sees no more than a tenant does: it asks as the one whose rows they are.</summary>
    private IReadOnlyList<string> Witness(Attack attack) => context.Enter(attack.Mine ? context.Own : context.Other);

    private async Task<PostgresException?> AsSuperuserAsync(Attack attack)
    {
        if (!_asSuperuser.TryGetValue(attack.Statement, out var error))
            _asSuperuser[attack.Statement] = error = (await ExecuteAsync([], 0, [], attack).ConfigureAwait(false)).Error;
        return error;
    }

    private async Task<string?> BeforeAsync(Attack attack)
    {
        if (!_before.TryGetValue(attack.Truth, out var before))
            before = _before[attack.Truth] = await session.UndoneAsync(() =>
                session.ScalarAsync([.. context.Superuser ? [] : Witness(attack), attack.Truth])).ConfigureAwait(false);
        return before;
    }

    private static string? Breach(Attack attack, string? result, string? before, string? after, PostgresException? error) => attack.Sign switch
    {
        Sign.Seen => error is null && result is not null && long.Parse(result, CultureInfo.InvariantCulture) > 0
            ? $"It reached {result} of the other tenant's rows." : null,
        Sign.Told when error is { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation } =>
            $"The refusal tells that the other tenant has the value: {error.ConstraintName}.",
        Sign.Told => error is null && before == after ? "The row was left out, which tells that the other tenant has the value." : null,
        _ => error is null && before != after ? Change(attack.Kind) : null,
    };

    private static string Change(string kind) => kind switch
    {
        KeyAttacks.Reference => "The row refers to a row of the other tenant.",
        "insert" or "copy from" or "move" => "The other tenant has a row that it did not write.",
        _ => "The other tenant's rows are not what they were.",
    };

    private async Task<(string? Result, string? After, PostgresException? Error)> ExecuteAsync(IReadOnlyList<string> enter, int results,
        IReadOnlyList<string> leave, Attack attack)
    {
        try
        {
            if (attack.CopyLine is null)
            {
                var all = await session.UndoneAsync([.. enter, attack.Statement, .. leave, attack.Truth]).ConfigureAwait(false);
                return (all[results] is [[var first, ..], ..] ? first : null, all[^1][0][0], null);
            }
            return await session.UndoneAsync<(string?, string?, PostgresException?)>(async () =>
            {
                await session.RunAsync([.. enter]).ConfigureAwait(false);
                await CopyAsync(attack.Statement, attack.CopyLine).ConfigureAwait(false);
                return (null, await session.ScalarAsync([.. leave, attack.Truth]).ConfigureAwait(false), null);
            }).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (!session.CancellationToken.IsCancellationRequested)
        {
            return (null, null, fault);
        }
    }

    private async Task CopyAsync(string statement, string line)
    {
        var writer = await session.Connection.BeginTextImportAsync(statement, session.CancellationToken).ConfigureAwait(false);
        await using var _ = writer.ConfigureAwait(false);
        await writer.WriteAsync((line + "\n").AsMemory(), session.CancellationToken).ConfigureAwait(false);
    }

    private static string Printed(Attack attack) => attack.CopyLine is null ? attack.Statement : $"{attack.Statement};\n{attack.CopyLine}\n\\.\n";
}
