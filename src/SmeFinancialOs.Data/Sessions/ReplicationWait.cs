using System.Runtime.CompilerServices;
using Npgsql;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>
/// Remembers connections whose commit stopped waiting for a synchronous standby. PostgreSQL answers such a commit with success, as it is done locally, and
/// says by a warning only that it may not be replicated.
/// </summary>
internal static class ReplicationWait
{
    // The function of the server that warns: the text is in the server's language, the SQLSTATE is that of any warning.
    private const string Routine = "SyncRepWaitForLSN";

    private static readonly NoticeEventHandler OnNotice = Notice;
    private static readonly ConditionalWeakTable<NpgsqlConnection, object> CutShort = [];
    private static volatile bool _anyWas;

    /// <summary>From the opening of a connection on; the handler is the same for all.</summary>
    public static void Watch(NpgsqlConnection connection) => connection.Notice += OnNotice;

    public static bool WasCutShort(NpgsqlConnection connection) => _anyWas && CutShort.TryGetValue(connection, out _);

    private static void Notice(object sender, NpgsqlNoticeEventArgs notice)
    {
        if (notice.Notice.Routine != Routine)
            return;
        CutShort.TryAdd((NpgsqlConnection)sender, Routine);
        _anyWas = true;
    }
}
