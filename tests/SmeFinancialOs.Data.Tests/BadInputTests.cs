using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using SmeFinancialOs.Data.Tests.Support;

namespace SmeFinancialOs.Data.Tests;

public sealed class BadInputTests(TenantDatabaseFixture fixture) : IClassFixture<TenantDatabaseFixture>
{
    private static readonly TenantContext Unknown = TenantContext.ForOrganization(Guid.NewGuid());

    private InvoiceRepository Own => new(fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA)));

    /// <summary>Not attributes: they cannot hold half of a surrogate pair.</summary>
    public static TheoryData<string> KindsOfBadText => ["NUL", "high surrogate", "low surrogate", "empty", "blank", "too long"];

    [Theory]
    [MemberData(nameof(KindsOfBadText))]
    public async Task Text_that_cannot_be_stored_is_refused_before_anything_is_sent(string kind)
    {
        string Text(int tooLong) => kind switch
        {
            "NUL" => "a\0b",
            "high surrogate" => "a\ud83d",
            "low surrogate" => "\udc00b",
            "empty" => "",
            "blank" => " \t",
            _ => new string('x', tooLong),
        };
        FluentActions.Invoking(() => Invoices.New() with { Number = Text(65) }).Should().Throw<ArgumentException>().WithParameterName("Number");
        FluentActions.Invoking(() => Invoices.New() with { CustomerName = Text(201) }).Should().Throw<ArgumentException>().WithParameterName("CustomerName");
        await Own.Invoking(r => r.GetByNumberAsync(Text(65))).Should().ThrowAsync<ArgumentException>();
        var organizations = new OrganizationRepository(fixture.Factory.CreateSession(Unknown));
        await organizations.Invoking(r => r.CreateAsync(Text(201), "slug")).Should().ThrowAsync<ArgumentException>().WithParameterName("name");
        await organizations.Invoking(r => r.RenameAsync(Unknown.OrganizationId!.Value.ToGuid(), Text(201))).Should().ThrowAsync<ArgumentException>();
        await organizations.Invoking(r => r.GetBySlugAsync(Text(64))).Should().ThrowAsync<ArgumentException>();
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("é")]
    public async Task Slug_of_another_form_is_refused(string slug) =>
        await new OrganizationRepository(fixture.Factory.CreateSession(Unknown)).Invoking(r => r.CreateAsync("x", slug))
            .Should().ThrowAsync<ArgumentException>().WithParameterName(nameof(slug));

    [Fact]
    public async Task Longest_text_of_the_widest_characters_is_stored()
    {
        var widest = string.Concat(Enumerable.Repeat("😀", 200));
        (await Own.InsertAsync(Invoices.New() with { CustomerName = widest })).CustomerName.Should().Be(widest);
    }

    [Fact]
    public void Dates_that_mean_infinity_are_refused()
    {
        FluentActions.Invoking(() => Invoices.New() with { IssuedAt = DateOnly.MaxValue })
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*infinity*");
        FluentActions.Invoking(() => Invoices.New() with { IssuedAt = DateOnly.MinValue })
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*infinity*");
    }

    [Fact]
    public async Task Infinity_in_plain_sql_is_refused_by_the_table()
    {
        var session = fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA));
        (await session.Invoking(s => s.ExecuteAsync("INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES ('i', 1, 'x', 'infinity')"))
            .Should().ThrowAsync<InvalidValueException>()).Which.ConstraintName.Should().Be("invoices_issued_at_finite");
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(1_000_000_000_000_001)]
    [InlineData(-1_000_000_000_000_001)]
    public async Task Amount_beyond_its_range_is_refused_here_and_by_the_table(long cents)
    {
        FluentActions.Invoking(() => Invoices.New() with { AmountCents = cents })
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName("AmountCents");
        var session = fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA));
        (await session.Invoking(
            s => s.ExecuteAsync("INSERT INTO invoices (number, amount_cents, customer_name, issued_at) VALUES ('i', @cents, 'x', now())", new { cents }))
            .Should().ThrowAsync<InvalidValueException>()).Which.ConstraintName.Should().Be("invoices_amount_cents_range");
    }

    [Fact]
    public async Task Largest_amounts_are_stored_and_summed()
    {
        var id = Guid.CreateVersion7();
        var session = fixture.Factory.CreateSession(TenantContext.ForOrganization(id));
        await new OrganizationRepository(session).CreateAsync("x", "s" + Guid.NewGuid().ToString("N"));
        var invoices = new InvoiceRepository(session);
        await invoices.InsertManyAsync([.. Enumerable.Range(0, 9000).Select(i => Invoices.New($"{i}") with { AmountCents = 1_000_000_000_000_000 })]);
        (await invoices.GetTotalsByStatusAsync()).Should().ContainSingle().Which.AmountCents.Should().Be(9_000_000_000_000_000_000);
        await invoices.InsertManyAsync([.. Enumerable.Range(9000, 1000).Select(i => Invoices.New($"{i}") with { AmountCents = 1_000_000_000_000_000 })]);
        (await invoices.Invoking(r => r.GetTotalsByStatusAsync()).Should().ThrowAsync<InvalidValueException>()).Which.SqlState
            .Should().Be(PostgresErrorCodes.NumericValueOutOfRange);
    }

    [Fact]
    public async Task Invoice_of_an_unknown_organization_is_refused() =>
        (await new InvoiceRepository(fixture.Factory.CreateSession(Unknown)).Invoking(r => r.InsertAsync(Invoices.New()))
            .Should().ThrowAsync<ForeignKeyViolationException>())
            .Which.TableName.Should().Be("invoices");

    [Fact]
    public async Task Nul_in_a_parameter_of_plain_sql_is_a_typed_error_and_the_pool_survives()
    {
        var session = fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA));
        (await session.Invoking(s => s.ExecuteAsync("SELECT @text", new { text = "a\0b" })).Should().ThrowAsync<InvalidValueException>()).Which.SqlState
            .Should().Be("22021");
        await session.Invoking(s => s.ExecuteAsync("SELECT @text", new { text = "\ud83d" })).Should().ThrowAsync<ArgumentException>();
        (await session.ExecuteScalarAsync<Guid>("SELECT app.current_org_id()")).Should().Be(fixture.OrganizationA);
    }

    [Fact]
    public async Task List_of_parameter_sets_is_read_once()
    {
        var reads = 0;
        IEnumerable<object> Sets()
        {
            for (var i = 0; i < 3; i++)
            {
                reads++;
                yield return new { i };
            }
        }

        await fixture.Factory.CreateSession(TenantContext.ForOrganization(fixture.OrganizationA)).ExecuteAsync("SELECT @i", Sets());

        reads.Should().Be(3);
    }

    [Fact]
    public async Task Null_arguments_are_named()
    {
        FluentActions.Invoking(() => new InvoiceRepository(null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => new OrganizationRepository(null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => new TenantConnectionFactory(null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => AmbientTenantContext.Use(null!)).Should().Throw<ArgumentNullException>();
        await Own.Invoking(r => r.InsertAsync(null!)).Should().ThrowAsync<ArgumentNullException>();
        await Own.Invoking(r => r.InsertManyAsync(null!)).Should().ThrowAsync<ArgumentNullException>();
        await Own.Invoking(r => r.InsertManyAsync([null!])).Should().ThrowAsync<ArgumentException>();
        await Own.Invoking(r => r.UpdateAsync(null!)).Should().ThrowAsync<ArgumentNullException>();
        await Own.Invoking(r => r.ExportCsvAsync(null!)).Should().ThrowAsync<ArgumentNullException>();
    }

    [Fact]
    public void Options_that_cannot_work_are_refused()
    {
        void Refused(TenantConnectionOptions options, string name) =>
            FluentActions.Invoking(() => new TenantConnectionFactory(fixture.AppDataSource, options))
                .Should().Throw<ArgumentException>().WithParameterName(name);
        Refused(new() { TenantRole = " " }, "TenantRole");
        Refused(new() { DemoRole = "none" }, "DemoRole");
        Refused(new() { AdminRole = new string('x', 64) }, "AdminRole");
        Refused(new() { StatementTimeout = TimeSpan.Zero }, "StatementTimeout");
        Refused(new() { LockTimeout = TimeSpan.FromMilliseconds(-1) }, "LockTimeout");
        Refused(new() { IdleInTransactionTimeout = TimeSpan.MaxValue }, "IdleInTransactionTimeout");
    }

    [Fact]
    public void Multiplexing_is_refused()
    {
        using var source = NpgsqlDataSource.Create(fixture.Database.AppConnectionString + ";Multiplexing=true");
        FluentActions.Invoking(() => new TenantConnectionFactory(source)).Should().Throw<ArgumentException>().WithMessage("*Multiplexing*");
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("Host=x;No Such Key=1")]
    [InlineData("Host=x;Port=many")]
    [InlineData("Host=x;Password=pass;marked-secret")]
    [InlineData("")]
    public void Malformed_connection_string_is_refused_where_the_host_is_configured(string connectionString)
    {
        new ServiceCollection().Invoking(s => s.AddTenantData(connectionString)).Should().Throw<ArgumentException>()
            .WithParameterName(nameof(connectionString)).Which.ToString().Should().NotContain("marked-secret");
        using var provider = new ServiceCollection()
            .AddTenantData("Host=x", options => options.AdminConnectionString = connectionString).BuildServiceProvider();
        var validator = provider.GetRequiredService<IStartupValidator>();
        foreach (var start in new Action[] { validator.Validate, () => provider.GetRequiredService<TenantConnectionFactory>() })
        {
            start.Should().Throw<OptionsValidationException>().WithMessage("AddTenantData: AdminConnectionString *")
                .Which.ToString().Should().NotContain("marked-secret");
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("no-such-host.invalid")]
    public async Task Server_that_is_not_there_is_named(string host)
    {
        await using var nowhere = NpgsqlDataSource.Create($"Host={host};Port=1;Username=app_user;Password=marked-secret;Timeout=5");
        var fault = (await OpenAsync(nowhere).Should().ThrowAsync<DatabaseUnavailableException>()).Which;
        fault.Message.Should().Contain($"{host}:1").And.NotContain("marked-secret");
    }

    [Fact]
    public async Task Wrong_password_is_named_and_not_shown()
    {
        await using var wrong = NpgsqlDataSource.Create(fixture.Database.AppConnectionString.WithPassword("marked-secret"));
        var fault = (await OpenAsync(wrong).Should().ThrowAsync<DatabaseUnavailableException>()).Which;
        fault.SqlState.Should().Be(PostgresErrorCodes.InvalidPassword);
        fault.Message.Should().Contain("app_user").And.NotContain("marked-secret");
    }

    [Fact]
    public async Task Missing_database_is_named()
    {
        await using var missing = NpgsqlDataSource.Create(fixture.Database.AppConnectionString.WithDatabase("no_such_database"));
        (await OpenAsync(missing).Should().ThrowAsync<DatabaseUnavailableException>()).Which.Message
            .Should().Contain("no_such_database").And.Contain("migrations");
    }

    [Fact]
    public async Task Database_that_is_not_migrated_says_so_and_how()
    {
        var server = await TestServer.StartAsync();
        var app = fixture.Database.AppConnectionString.WithDatabaseOf(await server.CreateEmptyDatabaseAsync());
        await using var empty = NpgsqlDataSource.Create(app);
        (await OpenAsync(empty).Should().ThrowAsync<DatabaseNotReadyException>()).Which.Message
            .Should().Contain("not migrated").And.Contain("SchemaMigrator").And.Contain("app.current_org_id");
    }

    [Fact]
    public async Task Server_older_than_15_is_refused()
    {
        await using var proxy = new LoopbackProxy(fixture.Database.AppConnectionString, answer =>
        {
            // ParameterStatus: server_version, as the server introduces itself
            var at = answer.Span.IndexOf("server_version\0"u8);
            if (at >= 0)
                "14"u8.CopyTo(answer.Span[(at + "server_version\0".Length)..]);
        });
        await using var old = NpgsqlDataSource.Create(proxy.ConnectionString);
        (await OpenAsync(old).Should().ThrowAsync<DatabaseNotReadyException>()).Which.Message.Should().Contain("14").And.Contain("15 or later");
    }

    [Fact]
    public async Task Exhausted_pool_is_named()
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database.AppConnectionString + ";Maximum Pool Size=1;Timeout=1");
        var factory = new TenantConnectionFactory(source);
        await using (await factory.OpenConnectionAsync(Unknown))
            await factory.Invoking(f => f.OpenConnectionAsync(Unknown).AsTask()).Should().ThrowAsync<DatabaseUnavailableException>().WithMessage("*pool*");
        await (await factory.OpenConnectionAsync(Unknown)).DisposeAsync();
    }

    private static Func<Task> OpenAsync(NpgsqlDataSource source) =>
        async () => await (await new TenantConnectionFactory(source).OpenConnectionAsync(Unknown)).DisposeAsync();
}
