using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Attacks;

/// <summary>Through the library's own doors, with any SQL.</summary>
public sealed class LibraryTenantTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(WriteAttacks.OnB), MemberType = typeof(WriteAttacks))]
    public Task A_session_cannot_write_to_another_tenant(string attack, string? refusal) =>
        LeavesTheOthersAsync(refusal, () => fixture.Factory.CreateSession(fixture.ContextA).ExecuteAsync(attack, cancellationToken: Token));

    [Theory]
    [MemberData(nameof(WriteAttacks.OnB), MemberType = typeof(WriteAttacks))]
    public Task A_unit_of_work_cannot_write_to_another_tenant(string attack, string? refusal) =>
        LeavesTheOthersAsync(refusal, async () =>
        {
            await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
            await work.ExecuteAsync(attack, cancellationToken: Token);
            await work.CommitAsync(Token);
        });

    [Theory]
    [MemberData(nameof(WriteAttacks.OnB), MemberType = typeof(WriteAttacks))]
    public Task A_transaction_whose_settings_ride_along_cannot_write_to_another_tenant(string attack, string? refusal) =>
        LeavesTheOthersAsync(refusal, async () =>
        {
            await using var transaction = fixture.Factory.BeginTransaction(fixture.ContextA);
            await transaction.ExecuteAsync(attack, cancellationToken: Token);
            await transaction.CommitAsync(Token);
        });

    [Theory]
    [MemberData(nameof(WriteAttacks.OnB), MemberType = typeof(WriteAttacks))]
    public Task A_batch_cannot_write_to_another_tenant(string attack, string? refusal) =>
        LeavesTheOthersAsync(refusal, () =>
        {
            var batch = fixture.Factory.CreateSession(fixture.ContextA).CreateBatch();
            batch.AddExecute("UPDATE public.invoices SET amount_cents = 2 WHERE false");
            batch.AddExecute(attack);
            return batch.ExecuteAsync(Token);
        });

    [Theory]
    [MemberData(nameof(ReadAttacks.OnB), MemberType = typeof(ReadAttacks))]
    public async Task A_session_cannot_read_another_tenants_rows(string attack)
    {
        var session = fixture.Factory.CreateSession(fixture.ContextA.AsReadOnly());
        try
        {
            // Rows as Dapper gives them without a type: every column of every row.
            var rows = await session.QueryAsync<dynamic>(attack, cancellationToken: Token);
            foreach (IDictionary<string, object?> row in rows)
                string.Join('|', row.Values).Should().NotContain(Seed.SecretOfB);
        }
        catch (Exception fault) when (fault is TenantDataException or Npgsql.PostgresException)
        {
            fault.ToString().Should().NotContain(Seed.SecretOfB);
        }
    }

    [Fact]
    public async Task Copy_out_carries_the_tenants_rows_alone()
    {
        await fixture.SeedAsync();
        using var copied = new MemoryStream();
        await fixture.Factory.CreateSession(fixture.ContextA).ExportAsync("COPY public.invoices TO STDOUT (FORMAT csv)", copied, Token);
        System.Text.Encoding.UTF8.GetString(copied.ToArray()).Should().Contain(Seed.SecretOfA).And.NotContain(Seed.SecretOfB).And.NotContain(Seed.SecretOfDemo);
    }

    [Theory]
    [InlineData("RESET ROLE; DELETE FROM public.invoices")]
    [InlineData("SET ROLE admin_role; DELETE FROM public.invoices")]
    public Task Another_role_has_no_rights(string attack) =>
        LeavesTheOthersAsync("42501", async () =>
        {
            await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
            await work.ExecuteAsync(attack, cancellationToken: Token);
        });

    [Theory]
    [InlineData("COMMIT; DELETE FROM public.invoices")]
    [InlineData("ROLLBACK; DELETE FROM public.invoices")]
    public Task Raw_sql_that_ends_the_transaction_has_no_rights(string attack) =>
        LeavesTheOthersAsync(null, async () =>
        {
            await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token);
            (await work.Connection.SqlStateOfAsync(attack)).Should().Be("42501");
        });

    [Theory]
    [InlineData("RESET ROLE; DELETE FROM public.invoices")]
    [InlineData("SET ROLE admin_role; DELETE FROM public.invoices")]
    public Task Session_whose_sql_ends_the_transaction_has_no_rights(string attack) =>
        LeavesTheOthersAsync("42501", () => fixture.Factory.CreateSession(fixture.ContextA).ExecuteAsync(attack, cancellationToken: Token));

    [Fact]
    public async Task A_unit_of_work_whose_role_was_reset_commits_nothing()
    {
        await using (var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Token))
        {
            await work.ExecuteAsync(Seed.Insert(Seed.A, "reset-role"), cancellationToken: Token);
            await work.Connection.RunAsync("RESET ROLE");
            await work.Invoking(w => w.CommitAsync(Token)).Should().ThrowAsync<TenantDataException>();
        }

        (await fixture.TruthAsync<long>("SELECT count(*) FROM public.invoices WHERE number = 'reset-role'")).Should().Be(0);
    }

    private async Task LeavesTheOthersAsync(string? refusal, Func<Task> attack)
    {
        await fixture.SeedAsync();
        var before = await fixture.TruthAsync<string>(Seed.FingerprintOfOthers);
        if (refusal is null)
            await attack();
        else
            (await attack.Should().ThrowAsync<TenantAccessDeniedException>()).Which.SqlState.Should().Be(refusal);
        (await fixture.TruthAsync<string>(Seed.FingerprintOfOthers)).Should().Be(before);
    }
}
