using System.Runtime.ExceptionServices;

namespace SmeFinancialOs.Data.Sessions;

/// <summary>What became of a call whose statements have all been run.</summary>
/// <param name="IsPreparedUntouched">Whether what Npgsql has prepared is as it was; null where that is not known.</param>
/// <param name="Unread">Why a result could not be read; null where all were.</param>
internal readonly record struct CallOutcome(bool? IsPreparedUntouched, Exception? Unread)
{
    /// <summary>Throws where a result could not be read.</summary>
    /// <param name="isCommitted">Whether the server has committed by now what the call may have written.</param>
    /// <exception cref="WorkCommittedException">It has.</exception>
    public void RequireRead(bool isCommitted)
    {
        if (Unread is null)
            return;
        if (isCommitted)
        {
            throw new WorkCommittedException(
                "What this call wrote is committed, but its result could not be read; the inner exception says why. Do not do the work again.", Unread);
        }

        ExceptionDispatchInfo.Throw(Unread);
    }
}
