using System.Text;

namespace SmeFinancialOs.Data.SampleHost;

/// <summary>Writes statements, each as the tenant that asked for it.</summary>
internal sealed partial class StatementWriter(StatementQueue queue, TenantScopeRunner scopes, ILogger<StatementWriter> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var request in queue.ReadAllAsync(stoppingToken))
        {
            try
            {
                await scopes.RunAsync(request.Context, (services, cancellationToken) => WriteAsync(request.Id, services, cancellationToken), stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
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
