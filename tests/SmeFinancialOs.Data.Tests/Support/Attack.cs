using Npgsql;

namespace SmeFinancialOs.Data.Tests.Support;

/// <summary>
/// An attack inside a superuser's transaction that is rolled back. The transaction can first take a defence away and afterwards look at what
/// was really done, so the same attack is seen to fail with the defence and to succeed without it: a test that cannot fail proves nothing.
/// Role and grants of roles are undone with the rest, so nothing reaches other databases of the server.
/// </summary>
public sealed class Attack : IAsyncDisposable
{
    private readonly string? _before;

    private Attack(NpgsqlConnection connection, string? before) => (Connection, _before) = (connection, before);

    public NpgsqlConnection Connection { get; }

    /// <param name="fixture">The database.</param>
    /// <param name="actor">Who attacks.</param>
    /// <param name="without">SQL that takes a defence away, or sets the scene; null leaves all as it is.</param>
    public static async Task<Attack> StartAsync(TenantDatabaseFixture fixture, Actor actor, string? without = null)
    {
        var connection = await fixture.OpenAsSuperuserAsync();
        await connection.RunAsync("BEGIN");
        if (without is not null)
            await connection.RunAsync(without);
        var before = await connection.ScalarAsync<string>(Seed.FingerprintOfOthers);
        await connection.RunAsync(actor.Sql(local: true));
        return new Attack(connection, before);
    }

    /// <summary>Runs an attack; one that is refused leaves the transaction usable.</summary>
    public async Task<Outcome> TryAsync(string sql)
    {
        await Connection.RunAsync("SAVEPOINT trial");
        try
        {
            return new Outcome(null, await Connection.ReadAsync(sql));
        }
        catch (PostgresException fault)
        {
            await Connection.RunAsync("ROLLBACK TO SAVEPOINT trial");
            return new Outcome(fault, []);
        }
    }

    /// <summary>Back to the superuser and on as somebody else, in the same transaction.</summary>
    public async Task BecomeAsync(Actor actor) => await Connection.RunAsync("RESET ROLE; RESET SESSION AUTHORIZATION; " + actor.Sql(local: true));

    /// <summary>Whether anything that is not A's is other than it was.</summary>
    public async Task<bool> OthersWereChangedAsync()
    {
        await Connection.RunAsync("RESET ROLE; RESET SESSION AUTHORIZATION");
        return await Connection.ScalarAsync<string>(Seed.FingerprintOfOthers) != _before;
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.RunAsync("ROLLBACK");
        await Connection.DisposeAsync();
    }
}
