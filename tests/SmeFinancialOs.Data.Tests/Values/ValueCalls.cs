using System.Reflection;
using Dapper;
using Npgsql;

namespace SmeFinancialOs.Data.Tests.Values;

/// <summary>What a call gave: a value in words, or the exception.</summary>
internal sealed record Given(string Form, string? Value, Exception? Fault)
{
    public bool Agrees(Given other) => Fault is null ? other.Fault is null && Value == other.Value : other.Fault is not null;

    public override string ToString() => Fault is null ? Value! : $"{Fault.GetType().Name}: {Fault.Message}";
}

/// <summary>A call of Dapper's on a plain connection, beside the calls of a session that promise the same.</summary>
internal sealed record Compared(Type Type, string Sql, Given Dapper, IReadOnlyList<Given> Ours);

internal static class ValueCalls
{
    private static readonly MethodInfo Generic = typeof(ValueCalls).GetMethod(nameof(CompareAsync), BindingFlags.Static | BindingFlags.NonPublic,
        [typeof(NpgsqlConnection), typeof(ITenantSession), typeof(string), typeof(bool)])!;

    public static Task<IReadOnlyList<Compared>> CompareAsync(Type type, NpgsqlConnection plain, ITenantSession session, string sql, bool isWhole) =>
        (Task<IReadOnlyList<Compared>>)Generic.MakeGenericMethod(type).Invoke(null, [plain, session, sql, isWhole])!;

    private static async Task<IReadOnlyList<Compared>> CompareAsync<T>(NpgsqlConnection plain, ITenantSession session, string sql, bool isWhole) =>
    [
        new(typeof(T), sql, await TryAsync("Query", async () => (await plain.QueryAsync<T>(sql)).ToArray()),
        [
            await TryAsync("QueryAsync", async () => (await session.QueryAsync<T>(sql)).ToArray()),
            .. isWhole ? [await TryAsync("QueryUnbufferedAsync", async () => await session.QueryUnbufferedAsync<T>(sql).ToArrayAsync())] : Array.Empty<Given>(),
            .. isWhole ? [await TryAsync("AddQuery", async () => (await BatchAsync(session, batch =>
            batch.AddQuery<T>(sql))).ToArray())] : Array.Empty<Given>(),
        ]),
        new(typeof(T), sql, await TryAsync("Single", () => plain.QuerySingleOrDefaultAsync<T>(sql)),
        [
            await TryAsync("QuerySingleOrDefaultAsync", () => session.QuerySingleOrDefaultAsync<T>(sql)),
            .. isWhole ? [await TryAsync("AddQuerySingleOrDefault", () => BatchAsync(session, batch =>
            batch.AddQuerySingleOrDefault<T>(sql)))] : Array.Empty<Given>(),
        ]),
        new(typeof(T), sql, await TryAsync("Scalar", () => plain.ExecuteScalarAsync<T>(sql)),
        [
            await TryAsync("ExecuteScalarAsync", () => session.ExecuteScalarAsync<T>(sql)),
            .. isWhole ? [await TryAsync("AddExecuteScalar", () => BatchAsync(session, batch => batch.AddExecuteScalar<T>(sql)))] : Array.Empty<Given>(),
        ]),
    ];

    private static async Task<T> BatchAsync<T>(ITenantSession session, Func<TenantBatch, TenantBatchResult<T>> add)
    {
        var batch = session.CreateBatch();
        var result = add(batch);
        await batch.ExecuteAsync();
        return result.Value;
    }

    private static async Task<Given> TryAsync<T>(string form, Func<Task<T>> call)
    {
        try
        {
            return new(form, ValueText.Of(await call()), null);
        }
        catch (Exception fault)
        {
            return new(form, null, fault);
        }
    }
}
