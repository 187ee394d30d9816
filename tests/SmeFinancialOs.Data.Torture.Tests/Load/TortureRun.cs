using System.Globalization;
using Npgsql;
using SmeFinancialOs.Data.Testing;
using SmeFinancialOs.Data.Torture.Tests.Servers;

namespace SmeFinancialOs.Data.Torture.Tests.Load;

/// <summary>
/// Many tasks, few connections, a server that goes down every second: what a host does, what it should not do, what attackers do, and everything that can
/// happen in between. The seed decides what each task does and which faults come in which order; how they meet is up to the machine.
/// </summary>
internal sealed class TortureRun : IAsyncDisposable
{
    private const int Tenants = 12;
    private const int Tasks = 40;

    private readonly TortureSettings _settings;
    private readonly List<IAsyncDisposable> _parts = [];
    private RestartingServer _server = null!;
    private PgBouncer? _pooler;
    private FaultyProxy _line = null!;
    private Pools _pools = null!;

    private TortureRun(TortureSettings settings) => _settings = settings;

    public TortureDatabase Database { get; private set; } = null!;

    public Report Report { get; } = new();

    public Ledger Ledger { get; } = new();

    public static async Task<TortureRun> PrepareAsync(TortureSettings settings)
    {
        var run = new TortureRun(settings);
        try
        {
            await run.PrepareAsync();
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    public Task AsSuperuserAsync(string sql) => WithSuperuserAsync(async superuser => await superuser.RunAsync(sql));

    /// <summary>The factory checks a login once: what becomes of it later is found by nobody.</summary>
    public async Task LoginsAreCheckedAsync()
    {
        foreach (var factory in new[] { _pools.Factory, _pools.SerializableFactory })
        {
            try
            {
                await factory.CreateSession(Database.Hot).ExecuteScalarAsync<int>("SELECT 1");
            }
            catch (TenantAccessDeniedException)
            {
                // Checked, and then not allowed to do anything: its role was not switched.
            }
        }
    }

    /// <summary>Until it has lasted long enough and met enough trouble, or has found something and is to stop there; then the verdict.</summary>
    public async Task RunAsync()
    {
        await using var attacks = new Attacks(Database, _pools, Report);
        Operation[] operations =
        [
            .. new Reads(Database, _pools, Ledger, Report).Operations,
            .. new Writes(Database, _pools, Ledger).Operations,
            .. new ConnectionMisuse(Database, _pools, Ledger, Report).Operations,
            .. attacks.Operations,
        ];
        using var stop = new CancellationTokenSource();
        var trouble = new FaultInjector(_server, _pooler, _line, Database.Database.SuperuserConnectionString + ";Pooling=false;Timeout=2",
            Report).RunAsync(_settings.Seed, stop.Token);
        var tasks = Enumerable.Range(0, Tasks)
            .Select(task => Task.Run(() => WorkAsync(operations, new Random(unchecked((_settings.Seed * 397) ^ task)), stop.Token))).ToArray();
        var deadline = DateTime.UtcNow + (_settings.Duration * 2) + TimeSpan.FromMinutes(2);
        var end = DateTime.UtcNow + _settings.Duration;
        while (DateTime.UtcNow < deadline && (DateTime.UtcNow < end || _settings.Missing(Report).Any())
            && !(_settings.StopsAtFinding && Report.Findings.Count > 0))
            await Task.Delay(100);
        await stop.CancelAsync();
        await trouble;
        _line.CutNoMore();
        await _server.WaitAsync();
        var late = Task.WhenAll(tasks);
        if (await Task.WhenAny(late, Task.Delay(TimeSpan.FromMinutes(2))) != late)
            Report.Find($"HANG {tasks.Count(task => !task.IsCompleted)} tasks do not end");
        Report.Ended();
        await WithSuperuserAsync(superuser => new Verdict(Database, _pools, Ledger, Report).RunAsync(superuser));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts))
            await part.DisposeAsync();
    }

    private async Task PrepareAsync()
    {
        _server = Own(await RestartingServer.StartAsync());
        // Its databases go with it.
        var databases = await PostgresServer.StartAsync(
            new PostgresServerOptions { Kind = PostgresServerKind.ConnectionString, ConnectionString = _server.ConnectionString });
        Database = await TortureDatabase.CreateAsync(databases, Tenants);
        var (app, admin) = (Database.Database.AppConnectionString, Database.Database.AdminConnectionString);
        if (_settings.ThroughPgBouncer)
            _pooler = Own(await PgBouncer.StartAsync(_server.User, _server.Port, "transaction", Pools.Size, app, admin));
        _line = Own(new FaultyProxy(_pooler?.Port ?? _server.Port, _settings.RewriteRequest));
        var serializable = new NpgsqlConnectionStringBuilder(app);
        if (_settings.ThroughPgBouncer)
            serializable.Database = PgBouncer.SerializableNameOf(serializable.Database!);
        else
            serializable.Options = "-c default_transaction_isolation=serializable";
        _pools = Own(new Pools(
            _line.ConnectionStringOf(app), _line.ConnectionStringOf(serializable.ConnectionString), _line.ConnectionStringOf(admin), _settings.ThroughPgBouncer,
            _settings.Prepares, Report));
    }

    private T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    private async Task WorkAsync(Operation[] operations, Random random, CancellationToken stop)
    {
        var weight = operations.Sum(operation => operation.Weight);
        while (!stop.IsCancellationRequested)
        {
            var chosen = random.Next(weight);
            var operation = operations.First(candidate => (chosen -= candidate.Weight) < 0);
            using var cancellation = new CancellationTokenSource();
            if (random.Next(15) == 0)
                cancellation.CancelAfter(TimeSpan.FromMilliseconds(random.Next(12)));
            var startedAt = Report.Now;
            try
            {
                await operation.RunAsync(random, cancellation.Token);
                Report.Done(operation.Name, startedAt);
            }
            catch (Exception fault)
            {
                if (FaultKind.Of(fault) is { } kind)
                    Report.Fault(kind);
                else
                    Report.Find(string.Create(CultureInfo.InvariantCulture, $"REFUSED {operation.Name}: {fault}"));
                // What cannot be had now is not asked for in a tight loop.
                if (fault is DatabaseUnavailableException)
                    await Task.Delay(random.Next(20), CancellationToken.None);
            }
        }
    }

    private async Task WithSuperuserAsync(Func<NpgsqlConnection, Task> actAsync)
    {
        await using var superuser = new NpgsqlConnection(Database.Database.SuperuserConnectionString + ";Pooling=false;Command Timeout=300");
        await superuser.OpenAsync();
        await actAsync(superuser);
    }
}
