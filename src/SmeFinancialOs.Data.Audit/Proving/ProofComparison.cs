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
        var what = question.IsWrite ? Written(identity, before, after) : Read(identity, before, after, legitimate);
        return what is null ? null : $"{question.Kind} of {question.ObjectName} as {identity.Actor.Rights}, when {identity.State}: {what}";
    }

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
