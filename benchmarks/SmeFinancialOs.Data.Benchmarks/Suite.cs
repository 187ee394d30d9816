using SmeFinancialOs.Data.Benchmarks.Tables;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>
/// What the questions of one process share: how much is measured, the progress line, the server, the database with the same rows for all ways.
/// </summary>
internal static class Suite
{
    private static readonly Lock Gate = new();
    private static readonly CancellationTokenSource Stopping = new();
    private static Task? _stopped;

    public static Scale Scale { get; set; } = Scale.Full;

    public static Progress Progress { get; } = new();

    /// <summary>Cancelled when the process has been asked to end.</summary>
    public static CancellationToken StoppingToken => Stopping.Token;

    /// <summary>A server that is found or started by whoever needs it first.</summary>
    public static Shared<PostgresServer> Server { get; } = new(() =>
    {
        Progress.Report("looking for a PostgreSQL server");
        return PostgresServer.StartAsync(new PostgresServerOptions { Progress = Progress }, StoppingToken);
    });

    /// <summary>The invoices of twelve organizations: protected, unprotected, and as the article has them.</summary>
    public static Shared<BenchmarkDatabase> Database { get; } =
        new(async () => await BenchmarkDatabase.CreateAsync(await Server.GetAsync(), Scale, Progress, StoppingToken));

    /// <summary>Leaves nothing behind, however far a start has come. Can be called again.</summary>
    public static Task StopAsync()
    {
        lock (Gate)
            return _stopped ??= Task.Run(StopCoreAsync);
    }

    private static async Task StopCoreAsync()
    {
        Progress.Report("stopping");
        await Stopping.CancelAsync();
        await SharedResources.DisposeAsync();
        await Progress.DisposeAsync();
    }
}
