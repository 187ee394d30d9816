using SmeFinancialOs.Data.Connections;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>A stream whose query was sent.</summary>
/// <param name="Rows">Its rows.</param>
/// <param name="Connection">Where it runs.</param>
/// <param name="Guard">Entered while a row is read.</param>
/// <param name="IdleTimer">Ends it when its reader stays away.</param>
/// <param name="End">Ends it, when its reader has left.</param>
/// <param name="Fail">Takes note that a row could not be read; null where nobody asks.</param>
internal sealed record OpenStream<T>(
    IAsyncEnumerator<T> Rows, LeasedConnection Connection, ConcurrencyGuard Guard, StreamIdleTimer IdleTimer, Func<ValueTask> End, Action? Fail = null);
