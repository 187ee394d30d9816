namespace SmeFinancialOs.Data.Testing.Servers;

/// <summary>A server that answers, and how to stop it.</summary>
internal sealed class StartedServer(PostgresServerKind kind, string connectionString, Func<Task> stop)
{
    public PostgresServerKind Kind { get; } = kind;

    public string ConnectionString { get; } = connectionString;

    public Version Version { get; set; } = new();

    public Task StopAsync() => stop();
}
