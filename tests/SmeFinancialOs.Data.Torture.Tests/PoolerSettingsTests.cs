using Npgsql;
using SmeFinancialOs.Data.Testing;
using SmeFinancialOs.Data.Torture.Tests.Servers;

namespace SmeFinancialOs.Data.Torture.Tests;

/// <summary>What a wrong setting in front of PgBouncer looks like, and a server lost behind it: docs/pooling.md has the symptoms.</summary>
public sealed class PoolerSettingsTests : IAsyncLifetime
{
    private RestartingServer _server = null!;
    private TenantDatabase _database = null!;
    private TestOrganization _one = null!;
    private TestOrganization _other = null!;

    public async ValueTask InitializeAsync()
    {
        if (!PgBouncer.IsInstalled)
            Assert.Skip("PgBouncer is not installed: apt-get install pgbouncer.");
        _server = await RestartingServer.StartAsync();
        var databases = await PostgresServer.StartAsync(
            new PostgresServerOptions { Kind = PostgresServerKind.ConnectionString, ConnectionString = _server.ConnectionString });
        _database = await databases.CreateTenantDatabaseAsync();
        (_one, _other) = (await _database.CreateOrganizationAsync(), await _database.CreateOrganizationAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task In_session_mode_the_defaults_are_right()
    {
        await using var pooler = await StartAsync("session");
        await using var source = Source(pooler, transactionPooling: false);
        var factory = new TenantConnectionFactory(source);

        for (var i = 0; i < 10; i++)
            (await factory.CreateSession(i % 2 == 0 ? _one.Context : _other.Context).QueryAsync<Guid>("SELECT id FROM organizations"))
                .Should().Equal(i % 2 == 0 ? _one.Id : _other.Id);
    }

    [Fact]
    public async Task In_transaction_mode_without_TransactionPooling_statements_meet_servers_that_have_not_prepared_them()
    {
        await using var pooler = await StartAsync("transaction");
        await using (var defaults = Source(pooler, transactionPooling: false))
        {
            await new TenantConnectionFactory(defaults).CreateSession(_one.Context).Awaiting(session => session.QueryAsync<int>("SELECT 1"))
                .Should().ThrowAsync<DatabaseUnavailableException>().WithMessage("*08P01*UseTenantDefaults(transactionPooling: true)*");
        }

        // Without the startup options of UseTenantDefaults nobody says so.
        var target = new NpgsqlConnectionStringBuilder(pooler.ConnectionStringOf(_database.AppConnectionString))
        {
            MaxPoolSize = 4,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true
        };
        await using var source = NpgsqlDataSource.Create(target);
        var factory = new TenantConnectionFactory(source);

        var faults = await FaultsAsync(factory);

        faults.Should().NotBeEmpty()
            .And.BeSubsetOf([PostgresErrorCodes.InvalidSqlStatementName, PostgresErrorCodes.DuplicatePreparedStatement, PostgresErrorCodes.ProtocolViolation]);
    }

    [Fact]
    public async Task In_transaction_mode_with_TransactionPooling_there_is_no_fault()
    {
        await using var pooler = await StartAsync("transaction");
        await using var source = Source(pooler, transactionPooling: true);
        var factory = new TenantConnectionFactory(source, new TenantConnectionOptions { TransactionPooling = true });

        (await FaultsAsync(factory)).Should().BeEmpty();
    }

    [Fact]
    public async Task In_transaction_mode_a_sealed_context_is_verified_on_whatever_server_it_meets()
    {
        var databases = await PostgresServer.StartAsync(
            new PostgresServerOptions { Kind = PostgresServerKind.ConnectionString, ConnectionString = _server.ConnectionString });
        await using var database = await databases.CreateTenantDatabaseAsync(new TenantDatabaseOptions { Seal = true });
        (_one, _other) = (await database.CreateOrganizationAsync(), await database.CreateOrganizationAsync());
        await using var pooler = await PgBouncer.StartAsync(_server.User, _server.Port, "transaction", poolSize: 2, database.AppConnectionString);
        await using var source = Source(pooler, transactionPooling: true, database);
        (await FaultsAsync(new(source, new TenantConnectionOptions { TransactionPooling = true, SealKey = database.SealKey }))).Should().BeEmpty();

        // Without the option it is signed for a server's session that the pooler does not give to anybody.
        var bound = new TenantConnectionFactory(source, new TenantConnectionOptions { SealKey = database.SealKey });
        await bound.CreateSession(_one.Context).Awaiting(session => session.QueryAsync<Guid>("SELECT id FROM organizations"))
            .Should().ThrowAsync<SealedContextRefusedException>()
            .WithMessage("*another connection*TransactionPooling*");
    }

    [Fact]
    public async Task In_statement_mode_a_unit_of_work_is_refused()
    {
        await using var pooler = await StartAsync("statement");
        await using var source = Source(pooler, transactionPooling: true);
        var factory = new TenantConnectionFactory(source, new TenantConnectionOptions { TransactionPooling = true });

        var opening = async () => await factory.OpenConnectionAsync(_one.Context);

        (await opening.Should().ThrowAsync<Exception>()).Which.ToString().Should().Contain("transaction blocks not allowed in statement pooling mode");
    }

    [Fact]
    public async Task What_a_client_asks_for_at_its_start_is_refused()
    {
        await using var pooler = await StartAsync("transaction");
        await using var source = NpgsqlDataSource.Create(pooler.ConnectionStringOf(_database.AppConnectionString)
            + ";Options=-c default_transaction_isolation=serializable");

        var opening = async () => await source.OpenConnectionAsync();

        (await opening.Should().ThrowAsync<PostgresException>()).Which.MessageText.Should().Contain("unsupported startup parameter");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_row_that_the_pooler_patched_an_error_into_is_not_streamed(bool isOneTrip)
    {
        // It has sent the first bytes of the row already when its server is gone, and sends its error right behind them.
        await using var line = new FaultyProxy(_server.Port);
        await using var pooler = await StartAsync("transaction", line.Port);
        await using var source = Source(pooler, transactionPooling: true);
        var factory = new TenantConnectionFactory(source, new TenantConnectionOptions { TransactionPooling = true });
        var (rows, patched) = (0, new List<Ids>());

        for (var trial = 0; trial < 20; trial++)
        {
            var work = isOneTrip ? null : await factory.OpenConnectionAsync(_one.Context);
            await using var _ = work;
            var reading = async () =>
            {
                await foreach (var row in (work ?? factory.CreateSession(_one.Context))
                    .QueryUnbufferedAsync<Ids>($"SELECT {Ids.Columns} FROM organizations, generate_series(1, 200000)"))
                {
                    if (row != new Ids(_one.Id, _one.Id, _one.Id, _one.Id))
                        patched.Add(row);
                    if (++rows % 1000 == 10)
                        line.CutOne();
                }
            };

            await reading.Should().ThrowAsync<Exception>();
            line.CutNoMore();
        }

        patched.Should().BeEmpty();
        rows.Should().BeGreaterThan(20);
        line.Cuts.Should().BeGreaterThanOrEqualTo(20);
    }

    /// <summary>Two server connections for four clients, each with statements of its own.</summary>
    private async Task<IReadOnlyCollection<string>> FaultsAsync(TenantConnectionFactory factory)
    {
        var faults = new HashSet<string>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                var own = (client + i) % 2 == 0 ? _one : _other;
                try
                {
                    (await factory.CreateSession(own.Context).QueryAsync<Guid>($"SELECT id FROM organizations WHERE {client} >= 0 OR {i % 7} = 0"))
                        .Should().Equal(own.Id);
                }
                catch (PostgresException fault)
                {
                    lock (faults)
                        faults.Add(fault.SqlState);
                }
            }
        })));
        return faults;
    }

    private Task<PgBouncer> StartAsync(string mode, int? serverPort = null) =>
        PgBouncer.StartAsync(_server.User, serverPort ?? _server.Port, mode, poolSize: 2, _database.AppConnectionString, _database.AdminConnectionString);

    private NpgsqlDataSource Source(PgBouncer pooler, bool transactionPooling, TenantDatabase? database = null) =>
        new NpgsqlDataSourceBuilder(pooler.ConnectionStringOf((database ?? _database).AppConnectionString)
            + ";Maximum Pool Size=4").UseTenantDefaults(transactionPooling).Build();

    private sealed record Ids(Guid A, Guid B, Guid C, Guid D)
    {
        public const string Columns = "id AS a, id AS b, id AS c, id AS d";
    }
}
