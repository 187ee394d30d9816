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

    /// <summary>The server is found by these: a host that changed them would wait for one that never answers.</summary>
    private static readonly string[] OwnSettings = ["listen_addresses", "port", "unix_socket_directories", "data_directory"];

    public static ServerRequest From(PostgresServerOptions options)
    {
        if (options.Kind is { } kind && !Enum.IsDefined(kind))
            throw new ArgumentException($"Kind is {kind}, which is no way to have a server.", nameof(options));
        RequireNullOrText(options.ConnectionString, nameof(options.ConnectionString), nameof(options));
        RequireNullOrText(options.BinariesDirectory, nameof(options.BinariesDirectory), nameof(options));
        RequireNullOrText(options.DockerImage, nameof(options.DockerImage), nameof(options));
        if (options.Settings is null || options.Settings.Any(setting => string.IsNullOrWhiteSpace(setting.Key) || setting.Value is null))
            throw new ArgumentException("Settings must have a name and a value each; leave them empty for none.", nameof(options));
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
            options.Progress is { } progress ? progress.Report : Console.Error.WriteLine);
    }

    private static void RequireNullOrText(string? value, string property, string parameter)
    {
        if (value is not null && string.IsNullOrWhiteSpace(value))
            throw new ArgumentException($"{property} is blank. Leave it null where it is not needed.", parameter);
    }

    /// <summary>The settings as arguments of <c>postgres</c>.</summary>
    public IEnumerable<string> SettingArguments() => Settings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" });
}
