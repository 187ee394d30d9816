using System.Runtime.CompilerServices;
using Npgsql;

namespace SmeFinancialOs.Data.Connections;

/// <content>
/// Whether a commit stopped waiting for a synchronous standby. PostgreSQL answers such a commit with success, as it is done locally, and says by a warning
/// only that it may not be replicated.
/// </content>
internal sealed partial class LeasedConnection
{
    /// <summary>The function of the server that warns: the text is in the server's language, the SQLSTATE is that of any warning.</summary>
    private const string WaitRoutine = "SyncRepWaitForLSN";

    /// <summary>The same for all: neither a handler nor a flag is allocated for a connection.</summary>
    private static readonly NoticeEventHandler OnNotice = Notice;
    private static readonly ConditionalWeakTable<NpgsqlConnection, object> Unreplicated = [];
    private static volatile bool _hasUnreplicated;

    /// <summary>After an answer of success. Costs a comparison where no wait was ever cut short.</summary>
    /// <exception cref="CommitOutcomeUnknownException">The commit was cancelled while it waited for its standby.</exception>
    /// <exception cref="OperationCanceledException">The same, by the caller's token.</exception>
    public void RequireReplicated(CancellationToken cancellationToken)
    {
        if (!_hasUnreplicated || !Unreplicated.TryGetValue(_connection, out _))
            return;
        const string message = "The commit was cancelled while it waited for a synchronous standby: it is done on this server, and a failover may lose it. "
            + "Look whether it is there before it is done again.";
        if (cancellationToken.IsCancellationRequested)
            throw new OperationCanceledException(message, cancellationToken);
        throw new CommitOutcomeUnknownException(message);
    }

    private static void WatchReplication(NpgsqlConnection connection) => connection.Notice += OnNotice;

    private static void Notice(object sender, NpgsqlNoticeEventArgs notice)
    {
        if (notice.Notice.Routine != WaitRoutine)
            return;
        Unreplicated.TryAdd((NpgsqlConnection)sender, WaitRoutine);
        _hasUnreplicated = true;
    }
}
