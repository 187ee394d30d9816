using System.Diagnostics;
using System.Globalization;
using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.Torture.Tests.Servers;

/// <summary>
/// A server that can be restarted under load. What it has acknowledged is in its files: nothing trades safety for speed but fsync, as no machine crashes here.
/// </summary>
internal sealed class RestartingServer : IAsyncDisposable
{
    private readonly SupervisedProcess _process;

    private RestartingServer(SupervisedProcess process, string user, string connectionString) =>
        (_process, User, ConnectionString) = (process, user, connectionString);

    /// <summary>Whom it runs as.</summary>
    public string User { get; }

    /// <summary>The superuser's, to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    public int Port => ConnectionString.Port();

    public static async Task<RestartingServer> StartAsync()
    {
        var (binaries, user) = await BinariesAsync();
        var directory = Path.TrimEndingDirectorySeparator(Directory.CreateTempSubdirectory("sme-data-torture-").FullName);
        var password = Guid.NewGuid().ToString("N");
        await File.WriteAllTextAsync($"{directory}/password", password + "\n");
        if (Environment.IsPrivilegedProcess)
            await SupervisedProcess.RunAsync("chown", "-R", user, directory);
        await SupervisedProcess.RunAsUserAsync(user, $"{binaries}/initdb", $"--pgdata={directory}/data", "--username=postgres",
            $"--pwfile={directory}/password",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync");
        File.Delete($"{directory}/password");

        var port = SupervisedProcess.FreePort();
        string[] settings =
        [
            "listen_addresses=127.0.0.1", "unix_socket_directories=", $"port={port.ToString(CultureInfo.InvariantCulture)}", "max_connections=200", "fsync=off",
            "deadlock_timeout=50ms", "log_min_messages=fatal", "log_min_error_statement=panic",
        ];
        var process = await SupervisedProcess.StartAsync(directory, user, "QUIT",
            [$"{binaries}/postgres", "-D", $"{directory}/data", .. settings.SelectMany(setting => new[] { "-c", setting })]);
        var connectionString = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Password = password,
            Database = "postgres",
        };
        var server = new RestartingServer(process, user, connectionString.ConnectionString);
        await server.WaitAsync();
        return server;
    }

    /// <summary>Ends all sessions, writes a checkpoint, starts again: what a service manager or an upgrade does.</summary>
    public Task RestartFastAsync() => _process.SignalAsync("INT");

    /// <summary>Ends at once, and recovers from its log when it starts again: what a crash does.</summary>
    public Task RestartImmediatelyAsync() => _process.SignalAsync("QUIT");

    public async Task WaitAsync()
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (limit.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(50);
            }
            catch (NpgsqlException fault)
            {
                throw new InvalidOperationException(_process.Log, fault);
            }
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>Those of the server that the environment asks for.</summary>
    private static async Task<(string Binaries, string User)> BinariesAsync()
    {
        var server = await TestServer.StartAsync();
        if (server.Kind is PostgresServerKind.ConnectionString or PostgresServerKind.Docker)
            Assert.Skip("A server that is restarted is made from binaries on this machine: SME_DATA_POSTGRES=local or embedded.");
        await using var superuser = new NpgsqlConnection(server.ConnectionString);
        await superuser.OpenAsync();
        var data = (await superuser.ScalarAsync<string>("SHOW data_directory"))!;
        var pid = File.ReadLines(Path.Combine(data, "postmaster.pid")).First();
        var binaries = Path.GetDirectoryName(File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: true)!.FullName)!;
        return (binaries, await SupervisedProcess.RunAsync("stat", "-c", "%U", data));
    }
}
