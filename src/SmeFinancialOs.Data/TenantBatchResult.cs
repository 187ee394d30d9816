using SmeFinancialOs.Data.Statements;

namespace SmeFinancialOs.Data;

/// <summary>What a statement of a <see cref="TenantBatch"/> gives, once the batch has been executed.</summary>
public sealed class TenantBatchResult<T>
{
    private readonly TenantBatch _batch;
    private readonly Statement<T> _statement;

    internal TenantBatchResult(TenantBatch batch, Statement<T> statement) => (_batch, _statement) = (batch, statement);

    /// <summary>The result.</summary>
    /// <exception cref="InvalidOperationException">The batch has not been executed, or failed.</exception>
    public T Value => _batch.IsExecuted
        ? _statement.Result
        : throw new InvalidOperationException("There is no result: ExecuteAsync of the batch has not been awaited, or failed.");
}
