namespace SmeFinancialOs.Data.Testing;

/// <summary>The ways to come by a PostgreSQL server for tests, in the order they are tried.</summary>
public enum PostgresServerKind
{
    /// <summary>A server that is already running and kept for tests, named by a superuser's connection string.</summary>
    ConnectionString,

    /// <summary>A container, started with Testcontainers.</summary>
    Docker,

    /// <summary>A throwaway server from the PostgreSQL binaries installed on this machine.</summary>
    LocalBinaries,

    /// <summary>A throwaway server from binaries downloaded once with npm into a cache of the user.</summary>
    Embedded,
}
