using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace SmeFinancialOs.Data.AspNetCore.Tests.CapturedSessions;

/// <summary>Keeps what <paramref name="make"/> gives, unless an earlier request has kept one, and reads with it.</summary>
internal delegate Task<string> Way(HttpContext http, Func<ITenantSession> make);

/// <summary>The ways in which a host keeps what the first request has made, and gives it to every later one.</summary>
internal sealed class SessionCapture
{
    private static ITenantSession? _ofAll;

    private ITenantSession? _session;
    private Func<ITenantSession>? _delegate;
    private Lazy<ITenantSession>? _lazy;
    private IServiceScope? _scope;
    private TenantBatch? _batch;
    private InvoiceRepository? _repository;
    private IAsyncEnumerable<string>? _rows;

    public const string Rows = "SELECT DISTINCT customer_name FROM invoices";

    public static IReadOnlyDictionary<string, Way> Ways { get; } = new Dictionary<string, Way>
    {
        ["a field of a singleton"] = (http, make) => ReadAsync(Of(http)._session ??= make()),
        ["a cached delegate"] = (http, make) =>
        {
            var session = make();
            return ReadAsync((Of(http)._delegate ??= () => session)());
        },
        ["a Lazy"] = (http, make) => ReadAsync((Of(http)._lazy ??= new(make)).Value),
        ["IMemoryCache"] = (http, make) => ReadAsync(http.RequestServices.GetRequiredService<IMemoryCache>().GetOrCreate("session", _ => make())!),
        ["a static field"] = (_, make) => ReadAsync(_ofAll ??= make()),
        ["a service scope"] = (http, _) =>
            ReadAsync((Of(http)._scope ??= http.RequestServices.CreateScope()).ServiceProvider.GetRequiredService<ITenantSession>()),
        ["a repository"] = async (http, make) => (await (Of(http)._repository ??= new(make())).ListAsync()).Items[0].CustomerName!,
        ["rows that nobody has read"] = async (http, make) =>
        {
            var seen = new List<string>();
            await foreach (var row in Of(http)._rows ??= make().QueryUnbufferedAsync<string>(Rows))
                seen.Add(row);
            return string.Join(' ', seen);
        },
        ["a transaction"] = (http, _) => ReadAsync(Of(http)._session ??= Factory(http).BeginTransaction()),
        ["a unit of work"] = async (http, _) => await ReadAsync(Of(http)._session ??= await Factory(http).OpenConnectionAsync()),
        ["a raw connection asked of a kept unit of work"] = async (http, _) =>
        {
            var work = (TenantConnection)(Of(http)._session ??= await Factory(http).OpenConnectionAsync());
            await using var command = work.Connection.CreateCommand();
            command.CommandText = Rows;
            return $"{await command.ExecuteScalarAsync()}";
        },
    };

    public static void Forget() => _ofAll = null;

    public static async Task<string> ReadAsync(ITenantSession session) => string.Join(' ', await session.QueryAsync<string>(Rows));

    /// <summary>A batch is sent once: the first request fills it, the second one sends it.</summary>
    public static async Task<string> FillThenSendAsync(HttpContext http, ITenantSession session)
    {
        if (Of(http)._batch is not { } kept)
        {
            Of(http)._batch = session.CreateBatch();
            return "filled";
        }

        var rows = kept.AddQuery<string>(Rows);
        await kept.ExecuteAsync();
        return string.Join(' ', rows.Value);
    }

    private static TenantConnectionFactory Factory(HttpContext http) => http.RequestServices.GetRequiredService<TenantConnectionFactory>();

    private static SessionCapture Of(HttpContext http) => http.RequestServices.GetRequiredService<SessionCapture>();
}
