using Npgsql;

namespace SmeFinancialOs.Data.Tests.Readme;

/// <summary>The shop of docs/existing-tables.md as it was, and its app, which knows nothing of organizations and never stops writing.</summary>
internal sealed class OldVersion : IAsyncDisposable
{
    private const string Login = "shop_web";

    private const string Schema = $"""
        CREATE ROLE {Login} LOGIN PASSWORD 'secret';
        CREATE TABLE public.accounts (id serial PRIMARY KEY, name text NOT NULL);
        CREATE TABLE public.customers (id serial PRIMARY KEY, account_id int NOT NULL REFERENCES public.accounts, email text NOT NULL UNIQUE);
        CREATE TABLE public.orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES public.customers);
        CREATE TABLE public.order_lines (id serial PRIMARY KEY, order_id int NOT NULL REFERENCES public.orders, article text NOT NULL, cents bigint NOT NULL);
        INSERT INTO public.accounts (name) SELECT 'account ' || i FROM generate_series(1, 3) i;
        INSERT INTO public.customers (account_id, email) SELECT 1 + i % 3, 'customer ' || i FROM generate_series(1, 2500) i;
        INSERT INTO public.orders (customer_id) SELECT id FROM public.customers;
        INSERT INTO public.order_lines (order_id, article, cents) SELECT o.id, 'before', a FROM public.orders o CROSS JOIN generate_series(1, 2) a;
        ALTER TABLE public.accounts OWNER TO {Login};
        ALTER TABLE public.customers OWNER TO {Login};
        ALTER TABLE public.orders OWNER TO {Login};
        ALTER TABLE public.order_lines OWNER TO {Login};
        """;

    private const string Order = """
        WITH account AS (SELECT id FROM public.accounts ORDER BY id OFFSET $1::int % 3 LIMIT 1),
             customer AS (INSERT INTO public.customers (account_id, email) SELECT id, 'writer ' || $1::int FROM account RETURNING id)
        INSERT INTO public.orders (customer_id) SELECT id FROM customer RETURNING id
        """;

    private readonly NpgsqlDataSource _app;
    private readonly NpgsqlConnection _superuser;
    private CancellationTokenSource _stop = new();
    private Task _writer = Task.CompletedTask;
    private volatile int _orders;

    private OldVersion(NpgsqlConnection superuser, NpgsqlDataSource app) => (_superuser, _app) = (superuser, app);

    /// <summary>Orders written by the app, each committed with a customer and a line.</summary>
    public int Orders => _orders;

    public static async Task<OldVersion> InstallAsync(string superuserConnectionString)
    {
        var superuser = new NpgsqlConnection(superuserConnectionString);
        await superuser.OpenAsync(TestContext.Current.CancellationToken);
        await superuser.RunAsync(Schema);
        return new OldVersion(superuser, NpgsqlDataSource.Create(superuserConnectionString.WithLogin(Login, "secret")));
    }

    public void Start()
    {
        _stop = new();
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Waits for three more orders: the first may have begun before this was asked.</summary>
    public async Task WorksAsync()
    {
        var enough = _orders + 3;
        while (_orders < enough && !_writer.IsCompleted)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        if (_writer.IsCompleted)
            await _writer;
        _orders.Should().BeGreaterThanOrEqualTo(enough, "the old version works on");
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _writer;
    }

    /// <summary>One order as the old version writes it.</summary>
    public async Task WriteOneAsync()
    {
        await using var connection = await _app.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand(Order, connection) { Parameters = { new() { Value = _orders } } };
        var order = (int)(await insert.ExecuteScalarAsync())!;
        await using var line = new NpgsqlCommand($"INSERT INTO public.order_lines (order_id, article, cents) VALUES ({order}, 'writer', 1)", connection);
        await line.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        _orders++;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
        await _superuser.RunAsync($"DROP OWNED BY {Login} CASCADE; DROP ROLE {Login}");
        await _superuser.DisposeAsync();
        _stop.Dispose();
    }

    private async Task WriteAsync()
    {
        while (!_stop.IsCancellationRequested)
            await WriteOneAsync();
    }
}
