using Npgsql;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>The data sources of a host, small, and a factory over each: one whose transactions are read committed, one whose are serializable.</summary>
internal sealed class Pools : IAsyncDisposable
{
    public const int Size = 8;

    private readonly TenantConnectionOptions _options;

    /// <param name="app">Connection string of the host's login.</param>
    /// <param name="serializable">The same, where every transaction begins as serializable.</param>
    /// <param name="admin">Connection string of the login of admins.</param>
    /// <param name="transactionPooling">Whether they lead to PgBouncer.</param>
    /// <param name="prepares">Whether Npgsql prepares statements by itself.</param>
    /// <param name="report">Where what leaked is counted.</param>
    public Pools(string app, string serializable, string admin, bool transactionPooling, bool prepares, Report report)
    {
        App = Build(app);
        Serializable = Build(serializable);
        Admin = Build(admin);
        _options = new TenantConnectionOptions
        {
            AdminDataSource = Admin,
            LoggerFactory = new LeakLog(report),
            TransactionPooling = transactionPooling,
            StatementTimeout = TimeSpan.FromMilliseconds(200),
            LockTimeout = TimeSpan.FromMilliseconds(100),
            IdleInTransactionTimeout = TimeSpan.FromSeconds(5),
        };
        Factory = new TenantConnectionFactory(App, _options);
        SerializableFactory = new TenantConnectionFactory(Serializable, _options);

        NpgsqlDataSource Build(string connectionString)
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = Size, Timeout = 1, CommandTimeout = 10 };
            if (!prepares && !transactionPooling)
                (settings.MaxAutoPrepare, settings.NoResetOnClose) = (0, false);
            return new NpgsqlDataSourceBuilder(settings.ConnectionString).UseTenantDefaults(transactionPooling).Build();
        }
    }

    /// <summary>The one that the factory uses: for host code that goes around it.</summary>
    public NpgsqlDataSource App { get; }

    public NpgsqlDataSource Serializable { get; }

    public NpgsqlDataSource Admin { get; }

    public TenantConnectionFactory Factory { get; }

    public TenantConnectionFactory SerializableFactory { get; }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Serializable.DisposeAsync();
        await Admin.DisposeAsync();
    }
}
