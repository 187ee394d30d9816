using System.Globalization;
using Npgsql;

namespace SmeFinancialOs.Data.Torture.Tests.Servers;

/// <summary>Debian's PgBouncer in front of a server, with few server connections for many clients.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/pgbouncer";

    private readonly SupervisedProcess _process;

    private PgBouncer(SupervisedProcess process, int port) => (_process, Port) = (process, port);

    public static bool IsInstalled => File.Exists(Program);

    public int Port { get; }

    /// <param name="user">Whom it runs as.</param>
    /// <param name="serverPort">What it stands in front of, on the loopback interface.</param>
    /// <param name="poolMode">transaction or session.</param>
    /// <param name="poolSize">Server connections for each database and login.</param>
    /// <param name="connectionStrings">Each login it lets in.</param>
    public static async Task<PgBouncer> StartAsync(string user, int serverPort, string poolMode, int poolSize, params string[] connectionStrings)
    {
        var directory = Path.TrimEndingDirectorySeparator(Directory.CreateTempSubdirectory("sme-data-pgbouncer-").FullName);
        var port = SupervisedProcess.FreePort();
        var logins = connectionStrings.Select(connectionString => new NpgsqlConnectionStringBuilder(connectionString)).ToArray();
        await File.WriteAllLinesAsync($"{directory}/users.txt", logins.Select(login => $"\"{login.Username}\" \"{login.Password}\""));
        var serializable = string.Create(CultureInfo.InvariantCulture,
            $"host=127.0.0.1 port={serverPort} dbname={logins[0].Database} connect_query='SET default_transaction_isolation = serializable'");
        await File.WriteAllTextAsync($"{directory}/pgbouncer.ini", string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            {SerializableNameOf(logins[0].Database!)} = {serializable}
            * = host=127.0.0.1 port={serverPort}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {directory}/users.txt
            pool_mode = {poolMode}
            {(poolMode == "session" ? "ignore_startup_parameters = options" : "")}
            default_pool_size = {poolSize}
            max_client_conn = 500
            ; it waits 15 s before it tries a server again that has just been restarted
            server_login_retry = 0.1
            log_connections = 0
            log_disconnections = 0
            log_pooler_errors = 0
            """));
        var bouncer = new PgBouncer(await SupervisedProcess.StartAsync(directory, user, "TERM", Program, $"{directory}/pgbouncer.ini"), port);
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(bouncer.ConnectionStringOf(connectionStrings[0]) + ";Pooling=false;No Reset On Close=true");
                await connection.OpenAsync();
                return bouncer;
            }
            catch (NpgsqlException) when (tries < 200)
            {
                await Task.Delay(50);
            }
            catch (NpgsqlException fault)
            {
                throw new InvalidOperationException(bouncer._process.Log, fault);
            }
        }
    }

    /// <summary>The database under this name begins every transaction as serializable: a pooler does not pass on what a client asks for at its start.</summary>
    public static string SerializableNameOf(string database) => database + "_serializable";

    /// <summary>The same login and database, through the pooler.</summary>
    public string ConnectionStringOf(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = Port }.ConnectionString;

    /// <summary>All its clients and servers lose their connections.</summary>
    public Task RestartAsync() => _process.SignalAsync("TERM");

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
