using System.Data;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

/// <summary>Isolation level and DEFERRABLE of units of work, and the level that a login has by default.</summary>
public sealed class IsolationLevelTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Level = "SELECT current_setting('transaction_isolation')";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<IsolationLevel, string> Levels => new()
    {
        { IsolationLevel.Unspecified, "read committed" },
        { IsolationLevel.ReadUncommitted, "read uncommitted" },
        { IsolationLevel.ReadCommitted, "read committed" },
        { IsolationLevel.RepeatableRead, "repeatable read" },
        { IsolationLevel.Snapshot, "repeatable read" },
        { IsolationLevel.Serializable, "serializable" },
    };

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task The_level_that_was_asked_for_is_in_force(IsolationLevel level, string name)
    {
        var asked = new TransactionCharacteristics { IsolationLevel = level };
        await using var connection = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, asked, Token);
        await using var transaction = fixture.Factory.BeginTransaction(fixture.ContextA, asked);
        using (AmbientTenantContext.Use(fixture.ContextB))
        {
            await using var ambient = await fixture.Factory.OpenConnectionAsync(asked, Token);
            await using var other = fixture.Factory.BeginTransaction(asked);
            foreach (var work in (ITenantSession[])[connection, transaction, ambient, other])
                (await work.ExecuteScalarAsync<string>(Level, cancellationToken: Token)).Should().Be(name);
            (await ambient.QueryAsync<string>("SELECT name FROM organizations", cancellationToken: Token)).Should().Equal("B");
        }

        (await connection.QueryAsync<string>("SELECT name FROM organizations", cancellationToken: Token)).Should().Equal("A");
    }

    [Fact]
    public async Task A_repeatable_read_sees_what_it_saw_first_and_a_write_that_comes_too_late_can_be_begun_again()
    {
        const string count = "SELECT count(*) FROM invoices";
        await using var work = fixture.Factory.BeginTransaction(fixture.ContextA, new() { IsolationLevel = IsolationLevel.RepeatableRead });
        var before = await work.ExecuteScalarAsync<long>(count, cancellationToken: Token);
        await fixture.Factory.CreateSession(fixture.ContextA).ExecuteAsync(Seed.Insert(Seed.A, "late"), cancellationToken: Token);
        await fixture.Factory.CreateSession(fixture.ContextA).ExecuteAsync("UPDATE invoices SET status = 'paid'", cancellationToken: Token);

        (await work.ExecuteScalarAsync<long>(count, cancellationToken: Token)).Should().Be(before);
        var fault = await work.Invoking(w => w.ExecuteAsync("UPDATE invoices SET status = 'sent'", cancellationToken: Token)).Should().ThrowAsync<Exception>();
        TransientFault.IsSafeToRetry(fault.Which).Should().BeTrue();
    }

    [Fact]
    public async Task Two_serializable_writers_that_read_each_other_do_not_both_commit()
    {
        TransactionCharacteristics serializable = new() { IsolationLevel = IsolationLevel.Serializable };
        await using var first = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, serializable, Token);
        await using var second = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, serializable, Token);
        foreach (var work in (TenantConnection[])[first, second])
            await work.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices", cancellationToken: Token);
        await first.ExecuteAsync(Seed.Insert(Seed.A, "first"), cancellationToken: Token);
        await second.ExecuteAsync(Seed.Insert(Seed.A, "second"), cancellationToken: Token);

        await first.CommitAsync(Token);
        var fault = await second.Invoking(work => work.CommitAsync(Token)).Should().ThrowAsync<Exception>();
        TransientFault.IsSafeToRetry(fault.Which).Should().BeTrue();
    }

    [Fact]
    public async Task A_deferrable_report_is_one_and_writes_nothing()
    {
        TransactionCharacteristics deferrable = new() { IsolationLevel = IsolationLevel.Serializable, IsDeferrable = true };
        await using var connection = await fixture.Factory.OpenConnectionAsync(fixture.ContextA.AsReadOnly(), deferrable, Token);
        await using var transaction = fixture.Factory.BeginTransaction(fixture.ContextA.AsReadOnly(), deferrable);
        foreach (var work in (ITenantSession[])[connection, transaction])
        {
            (await work.ExecuteScalarAsync<string>(
                "SELECT current_setting('transaction_isolation') || ' ' || current_setting('transaction_read_only') || ' ' || "
                + "current_setting('transaction_deferrable')",
                cancellationToken: Token)).Should().Be("serializable on on");
            await work.Invoking(w => w.ExecuteAsync("UPDATE invoices SET status = 'paid'", cancellationToken: Token))
                .Should().ThrowAsync<TenantAccessDeniedException>();
        }
    }

    /// <summary>It waits for a writer that could make it fail: the settings must not take its snapshot before it is read-only and deferrable.</summary>
    [Fact]
    public async Task A_deferrable_report_waits_for_a_serializable_writer()
    {
        TransactionCharacteristics serializable = new() { IsolationLevel = IsolationLevel.Serializable };
        await using var writer = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, serializable, Token);
        await writer.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices", cancellationToken: Token);
        await writer.ExecuteAsync(Seed.Insert(Seed.A, "deferred"), cancellationToken: Token);
        var opening = fixture.Factory.OpenConnectionAsync(fixture.ContextA.AsReadOnly(), serializable with { IsDeferrable = true }, Token).AsTask();

        while (await fixture.TruthAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SafeSnapshot'") == 0)
        {
            opening.IsCompleted.Should().BeFalse();
            await Task.Delay(10, Token);
        }

        await writer.CommitAsync(Token);
        await using var report = await opening;
        (await report.ExecuteScalarAsync<long>("SELECT count(*) FROM invoices WHERE number = 'deferred'", cancellationToken: Token)).Should().BeInRange(0, 1);
    }

    [Theory]
    [InlineData("repeatable read", IsolationLevel.ReadCommitted, "read committed")]
    [InlineData("serializable", IsolationLevel.RepeatableRead, "repeatable read")]
    public async Task The_default_of_the_login_is_in_force_in_all_modes(string ofLogin, IsolationLevel asked, string instead)
    {
        await using var login = await TestLogin.CreateAsync(fixture, "tenant_role", "demo_role");
        await login.AlterAsync($"ALTER ROLE {{0}} SET default_transaction_isolation = '{ofLogin}'");
        await using var source = new NpgsqlDataSourceBuilder(login.ConnectionString).UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source);
        await using var connection = await factory.OpenConnectionAsync(fixture.ContextA, Token);
        await using var transaction = factory.BeginTransaction(fixture.ContextA);
        foreach (var session in (ITenantSession[])[connection, transaction, factory.CreateSession(fixture.ContextA)])
            (await session.ExecuteScalarAsync<string>(Level, cancellationToken: Token)).Should().Be(ofLogin);

        await using var other = factory.BeginTransaction(fixture.ContextA, new() { IsolationLevel = asked });
        (await other.ExecuteScalarAsync<string>(Level, cancellationToken: Token)).Should().Be(instead);
    }

    [Fact]
    public async Task What_PostgreSQL_does_not_have_is_refused()
    {
        foreach (var level in (IsolationLevel[])[IsolationLevel.Chaos, (IsolationLevel)4711])
            await RefusedAsync(fixture.ContextA, new() { IsolationLevel = level }, "*has no isolation level*");
        await RefusedAsync(fixture.ContextA, new() { IsolationLevel = IsolationLevel.Serializable, IsDeferrable = true }, "DEFERRABLE has an effect*");
        await RefusedAsync(fixture.ContextA.AsReadOnly(), new() { IsDeferrable = true }, "DEFERRABLE has an effect*");
        await RefusedAsync(fixture.ContextA.AsReadOnly(), new() { IsolationLevel = IsolationLevel.RepeatableRead, IsDeferrable = true },
            "DEFERRABLE has an effect*");
    }

    private async Task RefusedAsync(TenantContext context, TransactionCharacteristics characteristics, string message)
    {
        (await fixture.Factory.Invoking(f => f.OpenConnectionAsync(context, characteristics, Token).AsTask()).Should().ThrowAsync<ArgumentException>())
            .WithMessage(message);
        fixture.Factory.Invoking(f => f.BeginTransaction(context, characteristics)).Should().Throw<ArgumentException>().WithMessage(message);
        using var _ = AmbientTenantContext.Use(context);
        fixture.Factory.Invoking(f => f.BeginTransaction(characteristics)).Should().Throw<ArgumentException>().WithMessage(message);
    }
}
