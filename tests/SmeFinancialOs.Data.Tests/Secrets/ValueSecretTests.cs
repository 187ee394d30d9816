using SmeFinancialOs.Data.Tests.Diagnostics;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests.Secrets;

/// <summary>What rows and parameters hold comes out in answers alone.</summary>
[Collection(nameof(SequentialTestGroup))]
public sealed class ValueSecretTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private const string Insert = "INSERT INTO invoices (number, amount_cents, customer_name, status, issued_at) "
        + "VALUES (@number, 1, @customer, @status, '2026-01-01')";

    /// <summary>Statements with a marked parameter that fail, each in its own way.</summary>
    public static TheoryData<string, string> Failures => new()
    {
        { "23505", Insert },
        { "23514", Insert.Replace("@status", "lower(@status || @value)", StringComparison.Ordinal) },
        { "23503", "INSERT INTO secrets.children (parent) VALUES (@value)" },
        { "23502", "INSERT INTO secrets.parents (name, note) VALUES (@value, NULL)" },
        { "22P02", "SELECT @value::int" },
        { "22001", "INSERT INTO secrets.parents (name, note) VALUES (@value || repeat('x', 40), 'n')" },
        { "22007", "SELECT @value::date" },
        { "42501", "INSERT INTO invoices (org_id, number, amount_cents, customer_name, issued_at) VALUES ('" + Seed.B + "', @value, 1, @value, '2026-01-01')" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failed_statement_tells_no_value(string sqlState, string sql)
    {
        var isQuotedByServer = sqlState is "22P02" or "22007";
        await PrepareAsync();
        await using var host = new TelemetryCapture(fixture.Database.AppConnectionString);
        var session = host.Factory.CreateSession(fixture.ContextA);
        var parameters = new { number = Marked.Value, customer = Marked.Value, status = "sent", value = Marked.Value };
        Exception[] faults =
        [
            (await session.Invoking(s => s.ExecuteAsync(sql, parameters)).Should().ThrowAsync<TenantDataException>()).Which,
            await InWorkAsync(host.Factory, sql, parameters),
            await StreamedAsync(host.Factory, sql, parameters),
        ];
        foreach (var fault in faults)
        {
            fault.As<TenantDataException>().SqlState.Should().Be(sqlState);
            fault.ToString().Should().NotContain(Marked.Value, "that is what loggers print");
            Marked.OwnTextOf(fault).Should().NotContain(Marked.Value);
            // The server's own text quotes a value that it cannot read. The driver has it in its exception and on its span; nothing else does.
            Marked.IsIn(Marked.TextOf(fault)).Should().Be(isQuotedByServer);
        }

        var heard = await host.HeardAsync();
        heard.Should().Contain(entry => entry.Source == "span SmeFinancialOs.Data");
        heard.Where(entry => Marked.IsIn(entry.Text)).Select(entry => entry.Source).Distinct()
            .Should().BeEquivalentTo(isQuotedByServer ? ["span Npgsql"] : Array.Empty<string>());
    }

    [Fact]
    public async Task Value_that_cannot_be_mapped_is_not_told()
    {
        await PrepareAsync();
        await using var host = new TelemetryCapture(fixture.Database.AppConnectionString);
        var session = host.Factory.CreateSession(fixture.ContextA);
        const string sql = "SELECT customer_name FROM invoices WHERE customer_name = @value";
        var parameters = new { value = Marked.Value };
        Func<Task>[] calls =
        [
            () => session.QueryAsync<int>(sql, parameters),
            () => session.QueryAsync<(Guid, int)>(sql.Replace("customer_name FROM", "id, customer_name FROM", StringComparison.Ordinal), parameters),
            () => session.QueryAsync<Customer>(sql.Replace("customer_name FROM", "customer_name AS cents FROM", StringComparison.Ordinal), parameters),
            () => session.QuerySingleOrDefaultAsync<DateOnly>(sql, parameters),
            () => session.ExecuteScalarAsync<int>(sql, parameters),
            () => session.ExecuteScalarAsync<Guid>(sql, parameters),
            () => session.QueryUnbufferedAsync<long>(sql, parameters).ToListAsync().AsTask(),
            () => session.QueryAsync<InvoiceStatus>(sql, parameters),
        ];
        foreach (var call in calls)
            Marked.TextOf((await call.Should().ThrowAsync<Exception>()).Which).Should().NotContain(Marked.Value);
        (await host.HeardAsync()).Should().NotContain(entry => Marked.IsIn(entry.Text));
    }

    [Fact]
    public async Task Parameter_and_row_are_heard_nowhere_and_text_of_a_statement_from_the_driver_alone()
    {
        await PrepareAsync();
        await using var host = new TelemetryCapture(fixture.Database.AppConnectionString);
        var session = host.Factory.CreateSession(fixture.ContextA);
        (await session.QueryAsync<string>("SELECT customer_name FROM invoices WHERE number = @value", new { value = Marked.Value }))
            .Should().Equal(Marked.Value);
        await using (var work = await host.Factory.OpenConnectionAsync(fixture.ContextA))
        {
            await work.ExecuteAsync("UPDATE invoices SET customer_name = @value WHERE number = @value", new { value = Marked.Value });
            await work.CommitAsync();
        }

        (await host.HeardAsync()).Should().NotContain(entry => Marked.IsIn(entry.Text));

        await using var literal = new TelemetryCapture(fixture.Database.AppConnectionString);
        await literal.Factory.CreateSession(fixture.ContextA).ExecuteAsync($"SELECT '{Marked.Value}'");
        (await literal.HeardAsync()).Where(entry => Marked.IsIn(entry.Text)).Select(entry => entry.Source).Distinct()
            .Should().BeEquivalentTo("log Npgsql.Command", "span Npgsql");
    }

    [Fact]
    public async Task Actor_and_reason_go_to_the_access_log_and_one_log_event_alone()
    {
        await using var host = new TelemetryCapture(fixture.Database.AppConnectionString, fixture.Database.AdminConnectionString);
        var context = TenantContext.ForAdmin(Marked.Value, Marked.Value);
        var admin = host.Factory.CreateSession(context);
        await admin.ExecuteAsync("SELECT 1");
        var fault = (await admin.Invoking(a => a.ExecuteAsync("DELETE FROM invoices")).Should().ThrowAsync<TenantAccessDeniedException>()).Which;
        $"{Marked.TextOf(fault)} {context} {admin}".Should().NotContain(Marked.Value);
        (await host.HeardAsync()).Where(entry => Marked.IsIn(entry.Text)).Should().NotBeEmpty()
            .And.OnlyContain(entry => entry.Source == "log SmeFinancialOs.Data.Access" && entry.Text.Contains("Admin access"));
        (await fixture.TruthAsync<long>($"SELECT count(*) FROM app.admin_access_log WHERE actor = '{Marked.Value}' AND reason = '{Marked.Value}'"))
            .Should().BePositive();
    }

    [Fact]
    public async Task Names_and_amounts_stay_out_of_the_text_of_public_types()
    {
        await PrepareAsync();
        await using var host = new TelemetryCapture(fixture.Database.AppConnectionString, fixture.Database.AdminConnectionString);
        var session = host.Factory.CreateSession(fixture.ContextA);
        var organizations = new OrganizationRepository(session);
        await organizations.RenameAsync(fixture.OrganizationA, Marked.Value);
        var taken = (await organizations.Invoking(o => o.CreateAsync(Marked.Value, "a")).Should().ThrowAsync<TenantDataException>()).Which;
        Marked.TextOf(taken).Should().NotContain(Marked.Value);
        var page = await new InvoiceRepository(session).ListAsync();
        var draft = new NewInvoice { Number = Marked.Value, CustomerName = Marked.Value, AmountCents = 4_711_4711, IssuedAt = new(2026, 1, 1) };
        var totals = await new InvoiceRepository(host.Factory.CreateSession(TenantContext.ForAdmin("ada", "a test"))).GetTotalsByOrganizationAsync();
        var text = string.Join(' ', [draft, page, .. page.Items, await organizations.GetAsync(fixture.OrganizationA), .. totals]);
        text.Should().Contain(draft.Id.ToString()).And.NotContain(Marked.Value).And.NotContain("47114711");
        (await host.HeardAsync()).Should().NotContain(entry => Marked.IsIn(entry.Text));
    }

    [Fact]
    public async Task Detail_of_errors_is_hidden_unless_asked_for_and_asking_is_warned_of()
    {
        await PrepareAsync();
        await using var quiet = new TelemetryCapture(fixture.Database.AppConnectionString);
        const string sql = "INSERT INTO secrets.parents (name, note) VALUES (@value, 'n'), (@value, 'n')";
        var hidden = (await quiet.Factory.CreateSession(fixture.ContextA).Invoking(s => s.ExecuteAsync(sql, new { value = Marked.Value }))
            .Should().ThrowAsync<DuplicateKeyException>()).Which;
        Marked.TextOf(hidden).Should().NotContain(Marked.Value);
        (await quiet.HeardAsync()).Should().NotContain(entry => entry.Source.StartsWith("log Sme") && entry.Text.Contains("Include Error Detail"));

        await using var loud = new TelemetryCapture(fixture.Database.AppConnectionString.WithErrorDetail());
        var shown = (await loud.Factory.CreateSession(fixture.ContextA).Invoking(s => s.ExecuteAsync(sql, new { value = Marked.Value }))
            .Should().ThrowAsync<DuplicateKeyException>()).Which;
        shown.InnerException!.Message.Should().Contain(Marked.Value, "otherwise this test proves nothing");
        shown.ToString().Should().NotContain(Marked.Value);
        (await loud.HeardAsync())
            .Should().ContainSingle(entry => entry.Source == "log SmeFinancialOs.Data.Login" && entry.Text.StartsWith("Warning")
                && entry.Text.Contains("Include Error Detail"));
    }

    private static async Task<Exception> StreamedAsync(TenantConnectionFactory factory, string sql, object parameters)
    {
        await using var work = factory.BeginTransaction(TenantContext.ForOrganization(Guid.Parse(Seed.A)));
        return (await work.Invoking(w => w.QueryUnbufferedAsync<int>(sql, parameters).ToListAsync().AsTask()).Should().ThrowAsync<TenantDataException>()).Which;
    }

    private static async Task<Exception> InWorkAsync(TenantConnectionFactory factory, string sql, object parameters)
    {
        await using var work = await factory.OpenConnectionAsync(TenantContext.ForOrganization(Guid.Parse(Seed.A)));
        return (await work.Invoking(w => w.ExecuteAsync(sql, parameters)).Should().ThrowAsync<TenantDataException>()).Which;
    }

    /// <summary>A marked invoice; and tables without row-level security, because for a protected one the server itself leaves the values out.</summary>
    private async Task PrepareAsync()
    {
        await fixture.SeedAsync();
        await fixture.AsSuperuserAsync($"""
            UPDATE public.invoices SET number = '{Marked.Value}', customer_name = '{Marked.Value}' WHERE id = '{Seed.InvoiceOfA}';
            CREATE SCHEMA IF NOT EXISTS secrets;
            CREATE TABLE IF NOT EXISTS secrets.parents (name varchar(40) PRIMARY KEY, note text NOT NULL);
            CREATE TABLE IF NOT EXISTS secrets.children (parent varchar(40) REFERENCES secrets.parents);
            GRANT USAGE ON SCHEMA secrets TO tenant_role;
            GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA secrets TO tenant_role;
            """);
    }

    private sealed record Customer(int Cents);
}
