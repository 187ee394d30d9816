namespace SmeFinancialOs.Data.Audit.Tests.Mutations;

/// <summary>
/// What became of one mutation. Errors and Warnings: the rules of the audit. Probe: null where it was not asked. Example: an answer that changed.
/// </summary>
internal sealed record MutationResult(Mutation Mutation, Effect Effect, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings, ProbeWord? Probe,
    string Example)
{
    /// <summary>The same for all tables.</summary>
    internal string Name => $"{Mutation.Kind}: {Mutation.Name}";

    internal bool IsFound => Errors.Count > 0 || Probe == ProbeWord.Breach;

    internal bool IsSilentLoss => Effect is Effect.Lossy or Effect.MoreOwn && !IsFound && Warnings.Count == 0 && Probe != ProbeWord.NotProbed;

    public override string ToString() =>
        $"{Mutation} [{Effect}; errors: {string.Join(' ', Errors)}; warnings: {string.Join(' ', Warnings)}; probe: {Probe}; {Example}]";
}

/// <summary>What the probe says of a table.</summary>
internal enum ProbeWord
{
    Held,
    NotProbed,
    Breach,
}
