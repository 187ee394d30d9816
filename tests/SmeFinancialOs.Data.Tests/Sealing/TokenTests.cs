using Microsoft.Extensions.Time.Testing;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Sealing;

/// <summary>Tokens that no host has signed, or not for here and now.</summary>
public sealed class TokenTests(SealedDatabaseFixture fixture) : IClassFixture<SealedDatabaseFixture>
{
    private const string Refused = PostgresErrorCodes.InvalidAuthorizationSpecification;
    private const string ReadToken = "SELECT current_setting('app.context_token')";
    private const string ReadRows = "SELECT customer_name FROM public.invoices";
    private const string OfA = $"SET LOCAL app.current_org_id = '{Seed.A}'; SET LOCAL app.current_user_id = ''; SET LOCAL app.current_roles = ''";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_bit_of_every_character_counts()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Cancel);
        var token = (await work.Connection.ScalarAsync<string>(ReadToken))!;
        var forged = from position in Enumerable.Range(0, token.Length)
                     from bit in Enumerable.Range(0, 7)
                     let flipped = (char)(token[position] ^ (1 << bit))
                     where flipped != '\0'
                     select token[..position] + flipped + token[(position + 1)..];
        (await AcceptedAsync(work.Connection, [.. forged, token])).Should().Equal(token);
    }

    [Fact]
    public async Task None_of_a_hundred_thousand_random_mutations_is_accepted()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Cancel);
        var token = (await work.Connection.ScalarAsync<string>(ReadToken))!;
        var other = (await (await fixture.Factory.OpenConnectionAsync(fixture.ContextB, Cancel)).Connection.ScalarAsync<string>(ReadToken))!;
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var tried = 0;
        while (tried < 100_000)
        {
            var forged = Enumerable.Range(0, 5000).Select(_ => Mutate(random, token, other)).Where(text => text != token && text != other && text.Length > 0)
                .ToArray();
            (await AcceptedAsync(work.Connection, forged)).Should().BeEmpty($"seed {seed}");
            tried += forged.Length;
        }
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 36)]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 36)] // of nothing
    [InlineData("a", 0)]
    [InlineData("d", 0)]
    [InlineData("7fffffffffffffff", 20)]
    [InlineData("0000000000", 10)]
    public async Task What_is_signed_cannot_be_put_in_its_place(string text, int position)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Cancel);
        var token = (await work.Connection.ScalarAsync<string>(ReadToken))!;
        (await AcceptedAsync(work.Connection, [token[..position] + text + token[(position + text.Length)..]])).Should().BeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("no token at all")]
    [InlineData("'); DROP TABLE invoices; --")]
    [InlineData("tw\u00e9\u4e2d\U0001f600")]
    public async Task What_is_no_token_is_an_error_or_no_rows(string text)
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Cancel);
        (await AcceptedAsync(work.Connection, [text])).Should().BeEmpty();
    }

    [Fact]
    public async Task Each_reason_is_told_behind_the_signature_alone()
    {
        await using var work = await fixture.Factory.OpenConnectionAsync(fixture.ContextA.AsReadOnly(), Cancel);
        var token = (await work.Connection.ScalarAsync<string>(ReadToken))!;
        var reasons = new Dictionary<string, string>
        {
            [$"COMMIT; BEGIN; SET LOCAL ROLE tenant_role; {OfA}; SET LOCAL app.context_token = '{{0}}'"] = "the sealed context is read-only, "
                + "and this transaction is not",
            [$"COMMIT; BEGIN READ ONLY; SET LOCAL ROLE demo_role; {OfA}; SET LOCAL app.context_token = '{{0}}'"] = "the sealed context is one "
                + "of another role than demo_role",
            ["COMMIT; BEGIN READ ONLY; SET LOCAL ROLE tenant_role; SET LOCAL app.context_token = '{0}'"] = "the sealed context is one of another tenant, "
                + "user or user's roles",
            ["COMMIT; BEGIN READ ONLY; SET LOCAL ROLE tenant_role; SET LOCAL app.context_token = '{0}0'"] = "the sealed context is not valid: "
                + "no key that is in force has signed it",
            [$"COMMIT; BEGIN; SET LOCAL ROLE tenant_role; SET LOCAL app.current_org_id = '{Seed.A}'"] = "the sealed context is missing: "
                + "the host has only set app.current_org_id",
        };
        foreach (var (sql, reason) in reasons)
        {
            await work.Connection.RunAsync(sql.Replace("{0}", token, StringComparison.Ordinal));
            var error = await work.Connection.ErrorOfAsync(ReadRows);
            (error?.SqlState, error?.MessageText).Should().Be((Refused, reason));
            error!.Hint.Should().NotBeNullOrEmpty().And.NotContain(token);
            await work.Connection.RunAsync("ROLLBACK; BEGIN");
        }
    }

    [Fact]
    public async Task A_token_of_another_kind_of_context_is_refused()
    {
        await using var demo = await fixture.Factory.OpenConnectionAsync(TenantContext.Demo, Cancel);
        (await demo.Connection.ErrorOfAsync($"SET LOCAL ROLE tenant_role; {ReadRows}"))!.MessageText
            .Should().Be("the sealed context is one of another role than tenant_role");
        await using var tenant = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Cancel);
        (await tenant.Connection.ErrorOfAsync($"SET LOCAL ROLE demo_role; {ReadRows}"))!.MessageText
            .Should().Be("the sealed context is one of another role than demo_role");

        // Behind a pooler a token counts on each connection, an admin's too if somebody has stolen that login.
        await using var pooled = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString).UseTenantDefaults(transactionPooling: true).Build();
        var factory = new TenantConnectionFactory(pooled, new() { SealKey = fixture.Database.SealKey, TransactionPooling = true });
        var token = await factory.CreateSession(fixture.ContextA).ExecuteScalarAsync<string>(ReadToken, cancellationToken: Cancel);
        await using var admin = await fixture.OpenAsAdminUserAsync();
        (await admin.ErrorOfAsync($"BEGIN; SET LOCAL ROLE admin_role; {OfA}; SET LOCAL app.context_token = '{token}'; {ReadRows}"))!.MessageText
            .Should().Be("the sealed context is one of another role than admin_role");
    }

    [Fact]
    public async Task A_token_of_another_connection_is_refused()
    {
        await using var one = await fixture.Factory.OpenConnectionAsync(fixture.ContextA, Cancel);
        await using var other = await fixture.Factory.OpenConnectionAsync(fixture.ContextB, Cancel);
        var error = await other.Connection.ErrorOfAsync($"SELECT set_config('app.context_token', '{await one.Connection.ScalarAsync<string>(ReadToken)}', "
            + $"true); {ReadRows}");
        (error?.SqlState, error?.MessageText).Should().Be((Refused, "the sealed context belongs to another connection"));
    }

    [Fact]
    public async Task An_expired_token_is_refused_and_a_long_transaction_is_not()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString).UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source,
            new() { SealKey = fixture.Database.SealKey, SealLifetime = TimeSpan.FromSeconds(1), TimeProvider = clock });

        await using (var work = await factory.OpenConnectionAsync(fixture.ContextA, Cancel))
        {
            await Task.Delay(TimeSpan.FromSeconds(2.5), Cancel);
            (await work.QueryAsync<string>(ReadRows, cancellationToken: Cancel)).Should().HaveCount(Seed.InvoicesEach);
            // The same token in a transaction that begins now.
            var token = await work.Connection.ScalarAsync<string>(ReadToken);
            var error = await work.Connection.ErrorOfAsync($"COMMIT; BEGIN; SET LOCAL ROLE tenant_role; SET LOCAL app.context_token = '{token}'; {ReadRows}");
            (error?.SqlState, error?.MessageText).Should().Be((Refused, "the sealed context has expired"));
        }

        (await factory.CreateSession(fixture.ContextA).Invoking(s => s.QueryAsync<string>(ReadRows, cancellationToken: Cancel))
            .Should().ThrowAsync<SealedContextRefusedException>())
            .WithMessage("*has expired*SealLifetime*");
    }

    [Fact]
    public async Task A_token_serves_its_own_context_on_its_own_connection_for_half_of_its_time()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var source = new NpgsqlDataSourceBuilder(fixture.Database.AppConnectionString).UseTenantDefaults().Build();
        var factory = new TenantConnectionFactory(source, new() { SealKey = fixture.Database.SealKey, TimeProvider = clock });
        async Task<string> TokenOfAsync(TenantContext context) =>
            (await factory.CreateSession(context).ExecuteScalarAsync<string>(ReadToken, cancellationToken: Cancel))!;

        var first = await TokenOfAsync(fixture.ContextA);
        (await TokenOfAsync(fixture.ContextA)).Should().Be(first);
        new[] { first, await TokenOfAsync(fixture.ContextA.AsReadOnly()), await TokenOfAsync(fixture.ContextB), await TokenOfAsync(TenantContext.Demo) }
            .Should().OnlyHaveUniqueItems();
        await using (await factory.OpenConnectionAsync(fixture.ContextB, Cancel))
            (await TokenOfAsync(fixture.ContextA)).Should().NotBe(first, "it is another connection");

        clock.Advance(TimeSpan.FromSeconds(31));
        (await TokenOfAsync(fixture.ContextA)).Should().NotBe(first);
    }

    /// <summary>Those of the tokens that are not refused, asked as the tenant; each must be an error of its own kind or no rows.</summary>
    private async Task<string[]> AcceptedAsync(NpgsqlConnection connection, string[] tokens)
    {
        await fixture.AsSuperuserAsync("""
            CREATE OR REPLACE FUNCTION public.accepted(tokens text[]) RETURNS text[] LANGUAGE plpgsql AS $$
            DECLARE token text; accepted text[] := '{}'; seen bigint;
            BEGIN
                FOREACH token IN ARRAY tokens LOOP
                    BEGIN
                        PERFORM set_config('app.context_token', token, true);
                        SELECT count(*) INTO seen FROM public.invoices;
                        IF seen > 0 OR app.current_org_id() IS NOT NULL THEN accepted := accepted || token; END IF;
                    EXCEPTION WHEN invalid_authorization_specification THEN
                        NULL;
                    END;
                END LOOP;
                RETURN accepted;
            END $$;
            """);
        await using var command = new NpgsqlCommand("SELECT public.accepted($1)", connection) { Parameters = { new() { Value = tokens } } };
        return (string[])(await command.ExecuteScalarAsync(Cancel))!;
    }

    private static string Mutate(Random random, string token, string other)
    {
        var text = token.ToCharArray().ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var position = random.Next(text.Count + 1);
            switch (random.Next(6))
            {
                case 0 when position < text.Count:
                    text[position] = "0123456789abcdef"[random.Next(16)];
                    break;
                case 1 when position < text.Count:
                    text[position] = (char)random.Next(1, 0x250);
                    break;
                case 2 when position < text.Count:
                    text.RemoveAt(position);
                    break;
                case 3:
                    text.Insert(position, (char)random.Next(0x20, 0x7f));
                    break;
                case 4:
                    text.RemoveRange(position, text.Count - position);
                    break;
                default:
                    var end = Math.Min(random.Next(Math.Min(position, other.Length), other.Length + 1), text.Count);
                    for (var copied = position; copied < end; copied++)
                        text[copied] = other[copied];
                    break;
            }
        }

        return new string([.. text]);
    }
}
