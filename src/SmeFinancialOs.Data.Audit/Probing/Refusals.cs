using Npgsql;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>What an error of an attack proves.</summary>
internal enum Proof
{
    /// <summary>The server refused the attacker.</summary>
    Held,

    /// <summary>It refused the attacker, if it lets a superuser do the same.</summary>
    HeldForAttacker,

    /// <summary>The statement failed for reasons of its own.</summary>
    None,
}

/// <summary>Which errors are a refusal that proves something. Any other means that the attack was not made, and counts as that.</summary>
internal static class Refusals
{
    /// <summary>attack is null for a question.</summary>
    internal static Proof Of(PostgresException error, Actor actor, Attack? attack) => error.SqlState switch
    {
        // No privilege, or a row that violates a policy. No key of the seal in force for the token.
        PostgresErrorCodes.InsufficientPrivilege => Proof.Held,
        PostgresErrorCodes.InvalidAuthorizationSpecification when actor.Context.IsSealed => Proof.Held,
        // A read-only session; the check option of a view.
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.WithCheckOptionViolation => Proof.Held,
        // COPY FROM is not possible under row-level security.
        PostgresErrorCodes.FeatureNotSupported when attack?.CopyLine is not null => Proof.Held,
        // A foreign key that keeps tenants apart; an oracle that told nothing.
        PostgresErrorCodes.ForeignKeyViolation when attack?.Kind is KeyAttacks.Reference || attack?.Sign == Sign.Told => Proof.Held,
        // It wrote nothing. What it tells is the oracle's business.
        PostgresErrorCodes.UniqueViolation when attack?.Kind is "upsert" => Proof.Held,
        // A trigger or a function that asks who is there.
        PostgresErrorCodes.RaiseException => Proof.HeldForAttacker,
        // Without a tenant: a policy that cannot read or cast the setting.
        PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InvalidTextRepresentation when string.IsNullOrEmpty(actor.Tenant) => Proof.HeldForAttacker,
        _ => Proof.None,
    };

    internal static string Text(PostgresException error) => $"{ServerText.Of(error)} ({error.SqlState})";

    /// <summary>asSuperuser is the same statement without an attacker: what nobody can do says nothing about the attacker.</summary>
    internal static async Task RecordAsync(Findings findings, Actor actor, Attempt attempt, PostgresException error, Attack? attack,
        Func<Task<PostgresException?>> asSuperuser)
    {
        var proof = Of(error, actor, attack);
        // The arguments of a call are made up: it may fail for anybody.
        var isCall = attempt.Kind == "call";
        var impossible = proof != Proof.Held && !isCall && actor.Context.Superuser && await asSuperuser().ConfigureAwait(false) is not null;
        if (proof == Proof.Held || (proof == Proof.HeldForAttacker && !impossible && !isCall))
            findings.Answered(attempt);
        else
            findings.NotMade(attempt, Text(error), error.SqlState, impossible || isCall);
    }
}
