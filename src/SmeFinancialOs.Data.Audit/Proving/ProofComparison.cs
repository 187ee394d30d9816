using Npgsql;

namespace SmeFinancialOs.Data.Audit.Proving;

/// <summary>
/// Compares the answers before a fix, after it, and in a database that has nothing but the asking tenant's rows. The last one is what an identity of the app
/// may see. No foreign row more, every own row still there, and whatever worked and was legitimate still works.
/// </summary>
internal static class ProofComparison
{
    /// <summary>What the fix does wrong; null where it does nothing wrong.</summary>
    internal static string? Fault(ProofIdentity identity, ProofQuestion question, ProofAnswer before, ProofAnswer after, ProofAnswer legitimate)
    {
        var what = question.IsShared ? Shared(identity, before, after)
            : question.IsWrite ? Written(identity, before, after) : Read(identity, before, after, legitimate);
        return what is null ? null : $"{question.Kind} of {question.ObjectName} as {identity.Actor.Rights}, when {identity.State}: {what}";
    }

    /// <summary>Of a call that is answered in another way each time: a fault where a table of the fix may decide the answer.</summary>
    internal static string? NotCompared(ProofQuestion question, IReadOnlyList<string> about) =>
        question.Reads is { } reads && (about.Count == 0 ? reads.Count == 0 : !about.Any(reads.Contains)) ? null
            : $"not compared: {question.Kind} of {question.ObjectName} is answered in another way each time";

    private static string? Read(ProofIdentity identity, ProofAnswer before, ProofAnswer after, ProofAnswer legitimate)
    {
        if (after.Text == before.Text && after.IsError == before.IsError)
            return null;
        if (!identity.IsApp && before.IsError)
            return null; // nothing is lost
        if (!identity.IsApp)
            return after.IsError ? $"it fails ({after.Text}) and did not before" : "it does not see the rows that it saw before";
        if (!after.IsError && !legitimate.IsError && after.Text == legitimate.Text)
            return null;
        if (after.IsError)
            return identity.HasTenant ? $"it fails ({after.Text}) and did not before" : null; // nothing may be seen here
        return $"it answers neither as before ({before}) nor as if there were the own rows alone ({legitimate}), but {after}";
    }

    /// <summary>
    /// A row without a tenant, or of a tenant that a policy names: no identity of the app reaches it that did not before. One that reached it, and no row
    /// of another tenant, shares it on purpose: it still does. Others keep it, unless the fix lets no such row exist.
    /// </summary>
    private static string? Shared(ProofIdentity identity, ProofAnswer before, ProofAnswer after)
    {
        if (identity.IsApp && after.Own && !before.Own)
            return "it reaches it, and did not before";
        var isShared = before.Own && (!identity.IsApp || !before.Other);
        return isShared && !after.Own && (identity.IsApp || after.Text != PostgresErrorCodes.NotNullViolation) ? $"it reaches it no more{Error(after)}" : null;
    }

    private static string? Written(ProofIdentity identity, ProofAnswer before, ProofAnswer after)
    {
        var (own, other) = (before.Own, before.Other);
        if (!identity.IsApp)
            return (own && !after.Own) || (other && !after.Other) ? $"it does not reach the rows that it reached before{Error(after)}" : null;
        if (after.Other && !other)
            return "it reaches rows of another tenant";
        if (!identity.HasTenant)
            return after.Own && !own ? "it reaches rows of a tenant" : null;
        return own && !after.Own ? $"it reaches the own rows no more{Error(after)}" : null;
    }

    private static string Error(ProofAnswer answer) => answer.IsError ? $" ({answer.Text})" : "";
}
