namespace SmeFinancialOs.Data.Testing;

/// <summary>Which PostgreSQL server to use for tests. What is left null comes from the environment, then from a default.</summary>
public sealed class PostgresServerOptions
{
    /// <summary>
    /// The only way to try. Null: <c>SME_DATA_POSTGRES</c> (<c>connection-string</c>, <c>docker</c>, <c>local</c>, <c>embedded</c> or <c>auto</c>), then all
    /// four in order.
    /// </summary>
    public PostgresServerKind? Kind { get; init; }

    /// <summary>
    /// A superuser's connection string of a server kept for tests: its roles app_user and admin_user get new passwords.
    /// Null: <c>SME_DATA_POSTGRES_CONNECTION_STRING</c>.
    /// </summary>
    public string? ConnectionString { get; init; }

    /// <summary>
    /// The folder that holds <c>postgres</c> and <c>initdb</c>, version 15 or later. Null: <c>SME_DATA_POSTGRES_BIN</c>,
    /// then <c>PATH</c> and the folders where packages usually install them.
    /// </summary>
    public string? BinariesDirectory { get; init; }

    /// <summary>The Docker image. Null: <c>SME_DATA_POSTGRES_IMAGE</c>, then <c>postgres:18-alpine</c>.</summary>
    public string? DockerImage { get; init; }

    /// <summary>
    /// Server settings that replace or add to the defaults of a throwaway server (fsync=off and others that trade safety for speed).
    /// A server named by a connection string keeps its own.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Is told, line by line, what takes time, such as a download. Null: the standard error stream.</summary>
    public IProgress<string>? Progress { get; init; }
}
