using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CliWrap;
using CliWrap.Buffered;
using Npgsql;
using SmeFinancialOs.Data.Testing;

namespace SmeFinancialOs.Data.TestSupport;

/// <summary>
/// A streaming standby of a throwaway server, made from a low-level base backup because the embedded package has no pg_basebackup. It is gone with this
/// process, however that ends: its shell waits for the end of a pipe.
/// </summary>
internal sealed class StandbyServer : IAsyncDisposable
{
    private const string Script = """
        trap '' HUP INT QUIT TERM PIPE
        bin=$1 dir=$2
        shift 2
        $(command -v setsid) "$bin/postgres" -D "$dir/data" "$@" </dev/null >"$dir/log" 2>&1 &
        pid=$!
        read -r _
        kill -s QUIT "$pid" 2>/dev/null
        wait "$pid"
        rm -rf "$dir"
        """;

    private readonly Process _shell;

    private StandbyServer(Process shell, string connectionString) => (_shell, ConnectionString) = (shell, connectionString);

    /// <summary>The superuser's, to the database <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    public static async Task<StandbyServer> StartAsync(PostgresServer primary)
    {
        await using var superuser = new NpgsqlConnection(primary.ConnectionString);
        await superuser.OpenAsync();
        var data = (await superuser.ScalarAsync<string>("SHOW data_directory"))!;
        var pid = File.ReadLines(Path.Combine(data, "postmaster.pid")).First();
        var binaries = Path.GetDirectoryName(File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: true)!.FullName)!;
        var owner = await RunAsync("stat", "-c", "%U", data);
        var port = FreePort();
        var directory = Directory.CreateTempSubdirectory("sme-data-standby-").FullName;

        await superuser.RunAsync("SELECT pg_backup_start('standby', fast => true)");
        await RunAsync("cp", "-a", data, Path.Combine(directory, "data"));
        var label = await superuser.ScalarAsync<string>("SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)");
        directory = Path.TrimEndingDirectorySeparator(directory);
        File.Delete($"{directory}/data/postmaster.pid");
        await File.WriteAllTextAsync($"{directory}/data/backup_label", label);
        await File.WriteAllTextAsync($"{directory}/data/standby.signal", "");
        var source = new NpgsqlConnectionStringBuilder(primary.ConnectionString);
        await File.AppendAllTextAsync($"{directory}/data/postgresql.auto.conf",
            $"primary_conninfo = 'host=127.0.0.1 port={source.Port} user={source.Username} password={source.Password}'\n");
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "-R", owner, directory);

        string[] settings =
        [
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", $"port={port.ToString(CultureInfo.InvariantCulture)}",
            // No fewer than the primary has.
            "-c", $"max_connections={await superuser.ScalarAsync<string>("SHOW max_connections")}",
        ];
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", binaries, directory, .. settings])
        {
            RedirectStandardInput = true,
            WorkingDirectory = "/"
        };
        if (Environment.IsPrivilegedProcess)
            start.UserName = owner;
        var standby = new StandbyServer(Process.Start(start)!,
            new NpgsqlConnectionStringBuilder(primary.ConnectionString) { Port = port, Pooling = false }.ConnectionString);
        await standby.WaitAsync($"{directory}/log");
        return standby;
    }

    /// <summary>The same login and database, on the standby or its primary.</summary>
    public string HostsOf(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.Host = $"127.0.0.1:{ConnectionString.Port()},127.0.0.1:{settings.Port}";
        return settings.ConnectionString;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await connection.RunAsync(sql);
    }

    /// <summary>Until it has replayed what the primary has written by now.</summary>
    public async Task CatchUpAsync(PostgresServer primary)
    {
        await using var source = new NpgsqlConnection(primary.ConnectionString);
        await source.OpenAsync();
        var written = await source.ScalarAsync<string>("SELECT pg_current_wal_insert_lsn()::text");
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        while (!await connection.ScalarAsync<bool>($"SELECT pg_last_wal_replay_lsn() >= '{written}'"))
            await Task.Delay(20);
    }

    public async ValueTask DisposeAsync()
    {
        if (_shell.HasExited)
            return;
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var result = await Cli.Wrap(program).WithArguments(arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        // Files of a running server come and go while they are copied; what is missing is in the write-ahead log.
        return result.IsSuccess || program == "cp" ? result.StandardOutput.Trim() : throw new InvalidOperationException($"{program}: {result.StandardError}");
    }

    private async Task WaitAsync(string log)
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await ExecuteAsync("SELECT 1 / pg_is_in_recovery()::int");
                return;
            }
            catch (NpgsqlException) when (limit.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(100);
            }
            catch (NpgsqlException fault)
            {
                throw new InvalidOperationException(File.ReadAllText(log), fault);
            }
        }
    }
}
