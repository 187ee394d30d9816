using System.Diagnostics;

namespace SmeFinancialOs.Data.Testing.Tests;

/// <summary>What this program does as a child process. The parent chooses the server by environment variables.</summary>
internal static class ChildScenes
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
                    using (var sleeper = Process.Start("sleep", "600")) Console.WriteLine(sleeper.Id);
                    await Task.Delay(Timeout.Infinite);
                    break;
                case "create-databases-and-exit":
                    var server = await StartAndTellAsync();
                    await server.CreateEmptyDatabaseAsync();
                    Console.WriteLine((await server.CreateTenantDatabaseAsync()).Name);
                    break;
                case "fail-then-share":
                    await FailThenShareAsync();
                    break;
                default:
                    throw new ArgumentException(scene);
            }

            return 0;
        }
        catch (PostgresServerUnavailableException e)
        {
            Console.WriteLine(e.Message);
            return Unavailable;
        }
    }

    private static async Task<PostgresServer> StartAndTellAsync()
    {
        var server = await PostgresServer.StartAsync();
        var pidFile = await server.ConnectionString.ReadScalarAsync<string>("SELECT pg_read_file('postmaster.pid')");
        Console.WriteLine($"{pidFile.Split('\n')[0]} {await server.ConnectionString.ReadScalarAsync<string>("SHOW data_directory")}");
        return server;
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
