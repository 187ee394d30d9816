using System.Collections.Concurrent;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>What was written and what became of it, as the client was told.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<Guid, Write> _writes = new();

    public IEnumerable<Write> Writes => _writes.Values;

    public int Count => _writes.Count;

    /// <summary>A write of an organization, before anything of it is sent.</summary>
    public Write Begin(Guid organization, Random random)
    {
        var parts = Enumerable.Range(0, random.Next(1, 4))
            .Select(_ => (Account: (short)random.Next(TortureDatabase.Accounts), Amount: random.NextInt64(-1000, 1000))).ToArray();
        var write = new Write(Guid.NewGuid(), organization, parts);
        _writes[write.Id] = write;
        return write;
    }

    public Write? Find(Guid id) => _writes.GetValueOrDefault(id);
}

/// <summary>Some entries and the change of their accounts' balances, in one transaction.</summary>
internal sealed class Write(Guid id, Guid organization, (short Account, long Amount)[] parts)
{
    public Guid Id => id;

    public Guid Organization => organization;

    public IReadOnlyList<(short Account, long Amount)> Parts => parts;

    public Outcome Outcome { get; set; }

    /// <summary>Parameters of <see cref="TortureDatabase.Insert"/> and <see cref="TortureDatabase.UpdateBalances"/>.</summary>
    public object Parameters =>
        new { id, organization, accounts = parts.Select(part => part.Account).ToArray(), amounts = parts.Select(part => part.Amount).ToArray() };
}

internal enum Outcome
{
    /// <summary>The commit was not acknowledged, and not refused: it is there or it is not, but whole.</summary>
    Unknown,

    /// <summary>It is there.</summary>
    Acknowledged,

    /// <summary>It is not there.</summary>
    RolledBack,
}
