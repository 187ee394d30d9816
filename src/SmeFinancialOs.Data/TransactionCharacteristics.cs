using System.Data;

namespace SmeFinancialOs.Data;

/// <summary>
/// What SQL calls the characteristics of a transaction, for a unit of work. Whether it may write is the context's: <see cref="TenantContext.AsReadOnly"/>.
/// </summary>
/// <seealso href="https://www.postgresql.org/docs/current/sql-set-transaction.html">SET TRANSACTION</seealso>
public sealed record TransactionCharacteristics
{
    /// <summary>
    /// The isolation level; <see cref="IsolationLevel.Unspecified"/> for the <c>default_transaction_isolation</c> of the login, which a session has too.
    /// <see cref="IsolationLevel.Snapshot"/> is REPEATABLE READ. From REPEATABLE READ on a call or the commit can fail with 40001: begin the whole unit of work
    /// once more (<see cref="TransientFault.IsSafeToRetry"/>).
    /// </summary>
    public IsolationLevel IsolationLevel { get; init; } = IsolationLevel.Unspecified;

    /// <summary>
    /// DEFERRABLE: a serializable, read-only transaction waits at its begin for a snapshot with which it can neither fail with 40001 nor make another one fail.
    /// For long reports beside serializable writers.
    /// </summary>
    public bool IsDeferrable { get; init; }

    /// <exception cref="ArgumentException">PostgreSQL has no such isolation level, or would pass DEFERRABLE over.</exception>
    internal void RequireFor(TenantContext context)
    {
        if (!Enum.IsDefined(IsolationLevel) || IsolationLevel == IsolationLevel.Chaos)
            throw new ArgumentException($"IsolationLevel is {IsolationLevel}, and PostgreSQL has no isolation level like that: ask for ReadCommitted, "
                + "RepeatableRead or Serializable.");
        if (IsDeferrable && (IsolationLevel != IsolationLevel.Serializable || !context.IsReadOnly))
        {
            throw new ArgumentException(
                "DEFERRABLE has an effect in a serializable, read-only transaction alone: set IsolationLevel to Serializable, and take context.AsReadOnly().");
        }
    }
}
