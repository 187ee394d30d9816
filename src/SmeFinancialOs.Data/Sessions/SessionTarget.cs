using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>Where statements go.</summary>
/// <param name="Connection">An open connection of a checked login.</param>
/// <param name="Transaction">A unit of work's; null where every round trip is a transaction of its own.</param>
/// <param name="Settings">What puts the context in force, and what the connection is capable of.</param>
/// <param name="IsInForce">Whether the settings need not be sent in front of the statements any more.</param>
/// <param name="Context">Whose statements they are.</param>
/// <param name="Failed">Takes note of a statement that fails, for a unit of work to ask about it when it can; null where each round trip asks itself.</param>
/// <param name="IsDeferrable">Whether a unit of work waits for a snapshot that is safe.</param>
internal readonly record struct SessionTarget(
    NpgsqlConnection Connection,
    NpgsqlTransaction? Transaction,
    ContextSettings Settings,
    bool IsInForce,
    TenantContext Context,
    HalfPreparedStatement? Failed = null,
    bool IsDeferrable = false)
{
    /// <summary>Whether each round trip is a transaction of its own, and so commits.</summary>
    public bool IsSession => Transaction is null;

    /// <summary>Adds the settings in front of what else the batch will run.</summary>
    public void AddSettingsTo(NpgsqlBatch batch)
    {
        // Ahead of the settings: the first query takes the snapshot.
        if (IsDeferrable)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SET TRANSACTION READ ONLY, DEFERRABLE"));
        Settings.AddTo(batch, Context);
    }
}
