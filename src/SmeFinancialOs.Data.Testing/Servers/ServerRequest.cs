namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>The options of a host with the gaps filled from the environment and the defaults.</summary>
internal sealed record ServerRequest(
    PostgresServerKind? Kind,
    string? ConnectionString,
    string? BinariesDirectory,
    string DockerImage,
    IReadOnlyDictionary<string, string> Settings,
    Action<string> Progress)
{
    private const string DefaultDockerImage = "postgres:18-alpine";

    // The server is found by these: a host that changed them would wait for one that never answers.
    private static readonly string[] OwnSettings = ["listen_addresses", "port", "unix_socket_directories", "data_directory"];

    public static ServerRequest From(PostgresServerOptions options)
    {
        // For a server that nobody will miss: speed before safety, and room for the tests of two cores or twenty.
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["fsync"] = "off",
            ["synchronous_commit"] = "off",
            ["full_page_writes"] = "off",
            ["max_connections"] = "200",
            ["shared_buffers"] = "256MB",
            ["max_wal_size"] = "4GB",
        };
        foreach (var (name, value) in options.Settings)
        {
            if (OwnSettings.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw new ArgumentException($"The setting {name} is chosen by the server's start.", nameof(options));
            settings[name] = value;
        }

        return new(
            options.Kind ?? ServerWays.KindNamed(EnvironmentVariables.Read(EnvironmentVariables.Way)),
            options.ConnectionString ?? EnvironmentVariables.Read(EnvironmentVariables.ConnectionString),
            options.BinariesDirectory ?? EnvironmentVariables.Read(EnvironmentVariables.BinariesDirectory),
            options.DockerImage ?? EnvironmentVariables.Read(EnvironmentVariables.DockerImage) ?? DefaultDockerImage,
            settings,
            options.Progress ?? Console.Error.WriteLine);
    }

    /// <summary>The settings as arguments of <c>postgres</c>.</summary>
    public IEnumerable<string> SettingArguments() => Settings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" });
}
