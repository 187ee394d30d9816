using System.Text;
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

/// <summary>Writes statements, each as the tenant that asked for it.</summary>
internal sealed partial class StatementWriter(StatementQueue queue, TenantScopeFactory scopes, ILogger<StatementWriter> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var request in queue.ReadAllAsync(stoppingToken))
        {
            try
            {
                await scopes.RunAsync(request.Context, (services, cancellationToken) => WriteAsync(request.Id, services, cancellationToken), stoppingToken);
            }
            catch (TenantDataException fault)
            {
                // One tenant's fault does not stop the statements of the others.
                LogNotWritten(fault, request.Id);
            }
        }
    }

    private static async Task WriteAsync(Guid id, IServiceProvider services, CancellationToken cancellationToken)
    {
        using var csv = new MemoryStream();
        await services.GetRequiredService<InvoiceRepository>().ExportCsvAsync(csv, cancellationToken);
        await services.GetRequiredService<ITenantSession>().ExecuteAsync(
            "INSERT INTO statements (id, csv) VALUES (@id, @csv)", new { id, csv = Encoding.UTF8.GetString(csv.ToArray()) }, cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "Statement {StatementId} was not written")]
    private partial void LogNotWritten(Exception fault, Guid statementId);
}
