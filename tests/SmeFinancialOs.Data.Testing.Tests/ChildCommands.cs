using System.Diagnostics;

namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>What this program does as a child process. The parent chooses the server by environment variables.</summary>
internal static class ChildCommands
{
    /// <summary>The exit code for <see cref="PostgresServerUnavailableException" />, whose message goes to standard output.</summary>
    public const int Unavailable = 3;

    public static async Task<int> RunAsync(string scene)
    {
        try
        {
            switch (scene)
            {
                case "wait":
                    await StartAndTellAsync();
                    await Task.Delay(Timeout.Infinite);
                    break;
                case "exit":
                    await StartAndTellAsync();
                    break;
                case "start-another-child-and-wait":
                    await StartAndTellAsync();
                    using (var sleeper = Process.Start("sleep", "600"))
                        Console.WriteLine(sleeper.Id);
                    await Task.Delay(Timeout.Infinite);
                    break;
                case "create-databases-and-exit":
                    var server = await StartAndTellAsync();
                    await server.CreateEmptyDatabaseAsync();
                    Console.WriteLine((await server.CreateTenantDatabaseAsync()).Name);
                    break;
                case "cancel-start":
                    await CancelStartAsync();
                    break;
                case "fail-then-share":
                    await FailThenShareAsync();
                    break;
                default:
                    throw new ArgumentException(scene);
            }

            return 0;
        }
        catch (PostgresServerUnavailableException fault)
        {
            Console.WriteLine(fault.Message);
            return Unavailable;
        }
    }

    private static async Task<PostgresServer> StartAndTellAsync()
    {
        var server = await PostgresServer.StartAsync();
        var pidFile = await server.ConnectionString.ReadScalarAsync<string>("SELECT pg_read_file('postmaster.pid')");
        Console.WriteLine($"{pidFile.Split('\n')[0]} {await server.ConnectionString.ReadScalarAsync<string>("SHOW data_directory")}");
        Console.WriteLine(server.Description);
        return server;
    }

    private static async Task CancelStartAsync()
    {
        using var cancellation = new CancellationTokenSource();
        var start = PostgresServer.StartAsync(cancellationToken: cancellation.Token);
        // The directory is the first thing there is of a server: it is far from ready.
        while (Directory.GetDirectories(Path.GetTempPath(), "sme-data-postgres-*").Length == 0 && !start.IsCompleted)
            await Task.Delay(5);
        await cancellation.CancelAsync();
        try
        {
            await start;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("cancelled");
        }
    }

    private static async Task FailThenShareAsync()
    {
        var way = Environment.GetEnvironmentVariable("SME_DATA_POSTGRES");
        Environment.SetEnvironmentVariable("SME_DATA_POSTGRES", "connection-string");
        try
        {
            await PostgresServer.GetSharedAsync();
            Console.WriteLine("The first start did not fail.");
        }
        catch (PostgresServerUnavailableException)
        {
            Environment.SetEnvironmentVariable("SME_DATA_POSTGRES", way);
            Console.WriteLine((await PostgresServer.GetSharedAsync()).Kind);
        }
    }
}
