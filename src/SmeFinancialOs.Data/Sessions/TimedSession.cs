using SmeFinancialOs.Data.Bulk;
using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>The calls of another session, or of a unit of work, with a timeout of their own.</summary>
internal sealed class TimedSession(TenantSessionBase calls, CallTimeout timeout) : TenantSessionBase
{
    public override TenantContext Context => calls.Context;

    internal override TableCatalog Tables => calls.Tables;

    internal override void RequireUsable() => calls.RequireUsable();

    internal override Task AtomicallyAsync(Func<TenantSessionBase, Task> work, CancellationToken cancellationToken) =>
        calls.AtomicallyAsync(inner => work(new TimedSession(inner, timeout)), cancellationToken);

    internal override Task RunAsync(string name, IReadOnlyList<Statement> statements, CancellationToken cancellationToken)
    {
        foreach (var statement in statements)
            statement.Timeout ??= timeout;
        return calls.RunAsync(name, statements, cancellationToken);
    }

    internal override IAsyncEnumerable<T> StreamAsync<T>(RowsStatement<T> statement, CancellationToken cancellationToken)
    {
        statement.Timeout ??= timeout;
        return calls.StreamAsync(statement, cancellationToken);
    }

    internal override Task CopyAsync(string copyToCommand, Stream destination, CallTimeout? outer, CancellationToken cancellationToken) =>
        calls.CopyAsync(copyToCommand, destination, outer ?? timeout, cancellationToken);
}
