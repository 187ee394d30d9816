using System.Threading.Channels;

namespace SmeFinancialOs.Data.SampleHost;

/// <summary>Names its tenant: a job runs after its request, when no context is in force any more.</summary>
internal sealed record StatementRequest(TenantContext Context, Guid Id);

/// <summary>What is to be written. A real host keeps it where a restart does not lose it.</summary>
internal sealed class StatementQueue
{
    private readonly Channel<StatementRequest> _requests = Channel.CreateBounded<StatementRequest>(1000);

    public ValueTask AddAsync(StatementRequest request, CancellationToken cancellationToken) => _requests.Writer.WriteAsync(request, cancellationToken);

    public IAsyncEnumerable<StatementRequest> ReadAllAsync(CancellationToken cancellationToken) => _requests.Reader.ReadAllAsync(cancellationToken);
}
