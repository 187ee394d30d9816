namespace SmeFinancialOs.Data.Tests.Failover;

/// <summary>The kinds of calls that <see cref="RepetitionTests"/> repeats.</summary>
internal static class RepeatedCall
{
    public const string Read = "SELECT * FROM public.repeated ORDER BY id";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task RunAsync(TenantConnectionFactory factory, TenantContext context, string call)
    {
        switch (call)
        {
            case "admin":
                await factory.CreateSession(TenantContext.ForAdmin("operator", "repetition")).ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token);
                break;
            case "unit of work":
                await using (var work = await factory.OpenConnectionAsync(context, Token))
                {
                    await work.ExecuteScalarAsync<int>("SELECT 1", cancellationToken: Token);
                    await work.CommitAsync(Token);
                }

                break;
            default:
                await RunAsync(factory.CreateSession(context), call);
                break;
        }
    }

    public static async Task RunAsync(ITenantSession session, string call)
    {
        switch (call)
        {
            case "read":
                await session.QueryAsync<int>(Read, cancellationToken: Token);
                break;
            case "write":
                await session.ExecuteAsync("INSERT INTO public.repeated (text) VALUES ('b') RETURNING *", cancellationToken: Token);
                break;
            case "batch":
                var batch = session.CreateBatch();
                batch.AddExecute("INSERT INTO public.repeated (text) VALUES (@text)", new { text = "b" });
                batch.AddQuery<int>(Read);
                await batch.ExecuteAsync(Token);
                break;
            case "stream":
                await session.QueryUnbufferedAsync<int>(Read, cancellationToken: Token).CountAsync(Token);
                break;
            case "copy":
                await session.ExportAsync("COPY public.repeated TO STDOUT", Stream.Null, Token);
                break;
            default:
                throw new ArgumentException("No such call.", nameof(call));
        }
    }
}
